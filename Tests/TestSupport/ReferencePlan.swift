import Checkpoints
public import Foundation
public import Plan

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

  /// Path of the imported plan with the checkpoint's weights as float32, where nothing is rounded.
  public static func path() throws -> String { try plan.get() }

  /// Imports the model with matrices of another format; returns the plan's path.
  public static func plan(_ format: WeightFormat, in folder: TemporaryFolder) throws -> String {
    let path = folder.file("reference-\(format.rawValue).h5")
    try CheckpointImporter.importModel(at: checkpoint, weightFormat: format, to: path)
    return path
  }

  /// Holds the plan until the process ends.
  private nonisolated(unsafe) static var folder: TemporaryFolder?

  private static let plan = Result { () throws -> String in
    let created = try TemporaryFolder()
    folder = created
    atexit { ReferencePlan.folder = nil }
    let path = created.file("reference.h5")
    try CheckpointImporter.importModel(at: checkpoint, weightFormat: .float32, to: path)
    return path
  }
}
