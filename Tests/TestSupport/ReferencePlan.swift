import Checkpoints
public import Foundation
import PlanFormat

/// The reference model, imported once for all tests of a process.
public enum ReferencePlan {
  /// Top of the repository.
  public static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// The checkpoint.
  public static let checkpoint = repository.appendingPathComponent("calib/reference-model").path
  /// The image sets.
  public static let scenes = repository.appendingPathComponent("calib/digit-scenes")
  /// Golden values of the reference model.
  public static let golden = repository.appendingPathComponent("Tests/Golden/reference")

  /// Path of the imported plan with bfloat16 weights, those of the checkpoint.
  public static func path() throws -> String { try plan.get() }

  private static let plan = Result { () throws -> String in
    let path = try temporaryFolder().appendingPathComponent("reference.h5").path
    try CheckpointImporter.importModel(at: checkpoint, weightFormat: .bfloat16, to: path)
    return path
  }

  /// A new empty folder.
  public static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "espalier-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}
