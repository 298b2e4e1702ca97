public import PlanFormat

/// A checkpoint that has been read and understood: what a plan says, and weights to be made while it is
/// written.
public struct ImportedCheckpoint: Sendable {
  /// Everything but the weights.
  public var contents: PlanContents
  /// The weights.
  public var weights: CheckpointWeights
}

/// Turns Hugging Face checkpoints into plans.
public enum CheckpointImporter {
  /// Imports a checkpoint into a plan without pruning.
  ///
  /// - Parameter progress: told before each tensor is written: its name, its number and how many there are.
  public static func importModel(
    at directory: String, weightFormat: WeightFormat, to planPath: String,
    progress: @escaping (_ tensor: String, _ number: Int, _ count: Int) -> Void = { _, _, _ in }
  ) throws(CheckpointError) {
    let imported = try read(directory, weightFormat: weightFormat)
    let weights = ReportingWeights(
      weights: imported.weights, count: imported.contents.model.weights.count, progress: progress)
    try planFormat { () throws(PlanError) in
      try PlanWriter.write(imported.contents, weights: weights, to: planPath)
    }
  }

  /// Reads everything of a checkpoint but the elements of its tensors.
  ///
  /// Every tensor has been found with its shape when this returns, so that writing the plan can only fail
  /// for reasons of the disk.
  public static func read(
    _ path: String, weightFormat: WeightFormat
  ) throws(CheckpointError) -> ImportedCheckpoint {
    let directory = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let config = try Settings(contentsOf: "\(directory)/config.json")
    let generation = "\(directory)/generation_config.json"
    let stopTokens =
      fileExists(generation) ? try Settings(contentsOf: generation).tokens("eos_token_id") : nil
    let family = try Llava(config, stopTokens: stopTokens)
    let (image, imageFile) = try Preprocessor.read(directory)
    let tokenizerFile = "\(directory)/tokenizer.json"
    let tokenizer = try TokenizerFile(tokenizerFile)
    let template = try ChatTemplate(directory)
    let tokens = try SpecialTokens(directory)
    let prompt = try template.prompt(
      tokenizer: tokenizer, imageToken: family.model.text.imageToken, bos: tokens.bos, eos: tokens.eos)
    let tensors = try TensorDirectory(directory)
    let text = try config.child("text_config")
    let theta = try text.map(LlamaConfig.ropeTheta) ?? 10_000
    let recipes = try family.recipes(from: tensors, image: image, ropeTheta: theta)
    let others = [config.file, generation, imageFile, tokenizerFile, template.file, tokens.file]
    let contents = PlanContents(
      model: family.model, image: image, tokenizer: tokenizer.tables, prompt: prompt,
      weightFormat: weightFormat,
      sourceDigest: try digest(of: tensors.files + Set(others).filter(fileExists)))
    try planFormat { () throws(PlanError) in try contents.check(as: directory) }
    return ImportedCheckpoint(contents: contents, weights: CheckpointWeights(recipes: recipes))
  }
}

/// Passes weights on and tells of each.
private final class ReportingWeights: WeightSource {
  private let weights: CheckpointWeights
  private let count: Int
  private let progress: (String, Int, Int) -> Void
  private var number = 0

  init(weights: CheckpointWeights, count: Int, progress: @escaping (String, Int, Int) -> Void) {
    self.weights = weights
    self.count = count
    self.progress = progress
  }

  func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) {
    number += 1
    progress(tensor.name, number, count)
    try weights.stream(tensor, as: format, into: sink)
  }
}

/// The texts of `bos_token` and `eos_token` in `tokenizer_config.json`.
struct SpecialTokens {
  let file: String
  var bos: String?
  var eos: String?

  init(_ directory: String) throws(CheckpointError) {
    file = "\(directory)/tokenizer_config.json"
    guard fileExists(file) else { return }
    let settings = try Settings(contentsOf: file)
    bos = try Self.token("bos_token", settings)
    eos = try Self.token("eos_token", settings)
  }

  /// Text, or an object with the text as `content`.
  private static func token(_ key: String, _ settings: Settings) throws(CheckpointError) -> String? {
    if case .object? = settings[key] { return try settings.child(key)?.text("content") }
    return settings[key] == nil ? nil : try settings.text(key)
  }
}
