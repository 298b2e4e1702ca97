import Checkpoints
public import Foundation
import Plan

/// The tile model, imported once for all tests of a process, its weights as float32.
public enum TilePlan {
  /// The checkpoint.
  public static let checkpoint = ReferencePlan.repository.appendingPathComponent("calib/tile-model").path
  /// The image sets.
  public static let scenes = ReferencePlan.repository.appendingPathComponent("calib/tile-scenes")
  /// Golden values of pictures that are looked at in part.
  public static let golden = ReferencePlan.repository.appendingPathComponent("Tests/Golden/pictures")

  /// Path of the imported plan.
  public static func path() throws -> String { try plan.get() }

  /// Holds the plan until the process ends.
  private nonisolated(unsafe) static var folder: TemporaryFolder?

  private static let plan = Result { () throws -> String in
    let created = try TemporaryFolder()
    folder = created
    atexit { TilePlan.folder = nil }
    let path = created.file("tile.h5")
    try CheckpointImporter.importModel(at: checkpoint, weightFormat: .float32, to: path)
    return path
  }
}
