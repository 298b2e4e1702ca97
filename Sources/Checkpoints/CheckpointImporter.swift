public import Plan
public import PlanFile
import PlanWriting

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
  /// The walks over a checkpoint that take time.
  public enum Stage: Sendable {
    /// Its settings, tokenizer and chat template are read; no bytes are counted, of 0.
    case preparing
    /// Its digest is taken.
    case reading
    /// The plan is written.
    case writing
  }

  /// Told after each piece of a stage how many bytes are done, and of how many; what it throws ends the import.
  public typealias Progress = (_ stage: Stage, _ bytes: Int, _ total: Int) throws(PlanError) -> Void

  /// Imports a checkpoint into a plan without pruning.
  ///
  /// Tensors are streamed: memory does not grow with the checkpoint.
  ///
  /// - Parameter overrides: formats of some matrices that differ from `weightFormat`; later ones win.
  /// - Parameter narrowProducts: products that round their activations to 7 bits.
  /// - Parameter chatTemplate: a Jinja file to be used instead of the checkpoint's chat template.
  /// - Parameter adapter: the folder of a low-rank adapter that is merged into the weights.
  public static func importModel(
    at directory: String, weightFormat: WeightFormat, overrides: [TensorFormat] = [],
    narrowProducts: NarrowProducts = .named([]), chatTemplate: String? = nil, adapter: String? = nil,
    to planPath: String,
    progress: @escaping Progress = { _, _, _ in }
  ) throws(CheckpointError) {
    let imported = try read(
      directory, weightFormat: weightFormat, overrides: overrides, narrowProducts: narrowProducts,
      chatTemplate: chatTemplate, adapter: adapter, progress: progress)
    try planFormat { () throws(PlanError) in
      try PlanWriter.write(imported.contents, weights: imported.weights, to: planPath) {
        (bytes, total) throws(PlanError) in try progress(.writing, bytes, total)
      }
    }
  }

  /// Reads everything of a checkpoint but the elements of its tensors.
  ///
  /// Every tensor has been found with its shape when this returns, so that writing the plan can only fail
  /// for reasons of the disk.
  public static func read(
    _ path: String, weightFormat: WeightFormat, overrides: [TensorFormat] = [],
    narrowProducts: NarrowProducts = .named([]), chatTemplate: String? = nil, adapter: String? = nil,
    progress: @escaping Progress = { _, _, _ in }
  ) throws(CheckpointError) -> ImportedCheckpoint {
    let directory = try CheckpointFolder.resolved(path)
    try CheckpointFolder.check(directory)
    let config = try Settings(contentsOf: "\(directory)/config.json")
    let quantized = try QuantizedTensors(config)
    var change: Adapter?
    if let adapter { change = try Adapter(CheckpointFolder.resolved(adapter, having: "adapter_config.json")) }
    let generation = "\(directory)/generation_config.json"
    let stopTokens =
      fileExists(generation) ? try Settings(contentsOf: generation).tokens("eos_token_id") : nil
    let processor = try ProcessorSettings(directory)
    let family = try ModelFamilies.read(
      CheckpointSettings(directory: directory, config: config, processor: processor, stopTokens: stopTokens))
    var tokenizer = try TokenizerFile(directory, family: family.model.family)
    let unknown = tokenizer.leaveOutTokens(beyond: family.model.text.vocabulary)
    let template =
      if let chatTemplate {
        try ChatTemplate(contentsOf: chatTemplate)
      } else {
        try ChatTemplate(
          directory,
          orElse: family.standardTemplate.map { ChatTemplate(file: config.file, source: $0) })
      }
    if let token = unknown.first(where: { template.source.contains($0.content) }) {
      throw CheckpointError(
        file: template.file,
        reason: "has \"\(token.content)\", token \(token.id) of a model with "
          + "\(family.model.text.vocabulary)")
    }
    let tokens = try SpecialTokens(directory)
    var compiler = try TemplateCompiler(
      template, added: tokenizer.tables.addedTokens,
      leadingTokens: family.addsLeadingTokens ? tokenizer.leadingTokens : [],
      imageToken: family.placeholder, imageEdges: family.pictureEdges, specialTokens: tokens.texts,
      isCancelled: { (try? progress(.preparing, 0, 0)) == nil })
    let prompt: PromptTemplate
    do { prompt = try compiler.compile() } catch {
      // A template that was cancelled says so in its own words; whoever cancelled it knows better why.
      try planFormat { () throws(PlanError) in try progress(.preparing, 0, 0) }
      throw error
    }
    let tensors = try TensorDirectory(directory, quantized: quantized, adapter: change)
    var builder = RecipeBuilder(tensors: tensors)
    try family.addTensors(to: &builder)
    let others =
      [config.file, generation, template.file] + tokenizer.files + tokens.files + processor.files
      + (change?.files ?? [])
    let sourceDigest = try digest(of: tensors.files + Set(others).filter(fileExists)) {
      (bytes, total) throws(PlanError) in try progress(.reading, bytes, total)
    }
    var model = family.model
    if builder.hasOwnHead { model.text.tiedHead = false }
    var contents = PlanContents(
      model: model, image: family.image, tokenizer: tokenizer.tables, prompt: prompt,
      weightFormat: weightFormat,
      sourceDigest: sourceDigest)
    contents.weightOverrides = try TensorFormat.formats(overrides, of: model, directory)
    contents.narrowProducts = try narrowProducts.names(in: contents, directory)
    try planFormat { () throws(PlanError) in try contents.check(as: directory) }
    return ImportedCheckpoint(contents: contents, weights: CheckpointWeights(recipes: builder.recipes))
  }
}
