import Checkpoints
import Foundation
public import HDF5
public import Plan

/// One tiny checkpoint of a model family with what `transformers` makes of it. Its weights are a formula of their names
/// (see `Tests/Golden/families/weights.py`).
public struct FamilyGolden: Sendable, CustomStringConvertible {
  /// Family and configuration: `llava/clip-llama`.
  public let name: String
  /// Columns of the logits that are compared.
  public let columns: [Int]
  /// Prompts with their pictures.
  public let cases: [Case]
  private let folder: URL

  /// One prompt.
  public struct Case: Decodable, Sendable {
    /// Which pictures: `square`, `wide`, `tall`, `tiny`, `two` or, inside the text, `between`.
    public let `case`: String
    /// File names of the pictures.
    public let images: [String]
    /// The user's text.
    public let prompt: String
    /// Whether the processor was told that the pictures belong together.
    public let nested: Bool
    /// Token ids, an image's token once a visual token.
    public let input_ids: [Int32]
    /// Shape of `pixel_values`.
    public let pixel_shape: [Int]
    /// Greedy tokens.
    public let tokens: [Int32]
  }

  private struct File: Decodable {
    let columns: [Int]
    let cases: [Case]
  }

  /// The name, for test reports.
  public var description: String { name }

  /// Every configuration of every family.
  public static func all() -> [FamilyGolden] {
    let manager = FileManager.default
    let families = (try? manager.contentsOfDirectory(atPath: root.path)) ?? []
    return families.sorted().flatMap { family -> [FamilyGolden] in
      let path = root.appendingPathComponent(family)
      let names = (try? manager.contentsOfDirectory(atPath: path.path)) ?? []
      return names.sorted().compactMap { try? FamilyGolden("\(family)/\($0)") }
    }
  }

  /// The first configuration of each family.
  public static func firstOfEachFamily() -> [FamilyGolden] {
    Dictionary(grouping: all()) { $0.name.split(separator: "/")[0] }.values.compactMap(\.first)
      .sorted { $0.name < $1.name }
  }

  private static let root = ReferencePlan.repository.appendingPathComponent("Tests/Golden/families")

  /// Reads one configuration by its name.
  public init(_ name: String) throws {
    self.name = name
    folder = Self.root.appendingPathComponent(name)
    let file = try JSONDecoder().decode(
      File.self, from: Data(contentsOf: folder.appendingPathComponent("golden.json")))
    (columns, cases) = (file.columns, file.cases)
  }

  /// Path of a picture.
  public func picture(_ name: String) -> String { Self.root.appendingPathComponent("images/\(name)").path }

  /// Values of one case: `places`, `pixel_values`, `logits` and `log_sum_exp`.
  public func values<Scalar: HDF5Scalar>(_ dataset: String, of test: Case) throws -> [Scalar] {
    let file = try HDF5.File.open(folder.appendingPathComponent("golden.h5").path)
    return try file.root().group(test.case).dataset(dataset).read()
  }

  /// Writes the checkpoint, weights and all, and imports it; returns the plan's path.
  public func plan(in target: TemporaryFolder, weights: WeightFormat = .float32) throws -> String {
    let checkpoint = try checkpoint(in: target)
    let path = target.file("plan.h5")
    try CheckpointImporter.importModel(at: checkpoint, weightFormat: weights, to: path)
    return path
  }

  /// Writes the checkpoint; returns its folder.
  public func checkpoint(in target: TemporaryFolder) throws -> String {
    let path = target.file("checkpoint")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where !name.hasPrefix("golden.") && name != "tensors.json" {
      try FileManager.default.copyItem(
        atPath: folder.appendingPathComponent(name).path, toPath: "\(path)/\(name)")
    }
    let tensors = try Data(contentsOf: folder.appendingPathComponent("tensors.json"))
    try FormulaWeights(json: tensors).write(to: path)
    return path
  }
}
