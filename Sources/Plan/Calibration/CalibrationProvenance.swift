/// What a calibration was made from, so that it can be made again.
public struct CalibrationProvenance: Equatable, Sendable {
  /// Samples used.
  public var samples = 0
  /// Seed of every random choice.
  public var seed: UInt64 = 0
  /// SHA-256 of the calibration set (its lines and image files), hexadecimal.
  public var setDigest = ""
  /// SHA-256 of every picture that calibration saw, hexadecimal.
  public var pictures: [String] = []
  /// SHA-256 of every picture that the points were chosen on.
  public var validationPictures: [String] = []

  /// Kernels that it was computed with, by the names of their tables, each once: with other kernels numbers round otherwise.
  public var kernels: [String] = []

  /// Path of the group.
  package static let path = CalibrationRecord.path + "/provenance"

  /// An empty provenance.
  public init() {}
}
