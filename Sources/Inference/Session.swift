public import Imaging
public import Models
public import PlanFormat
public import Tokenization

/// A plan ready to answer: tokenizer, image preparation and engine, all from one file.
///
/// The runtime, calibration and evaluation all go through a session, so what is measured is what ships.
public final class Session {
  /// The plan's contents.
  public let contents: PlanContents
  /// The engine over the plan's mapped weights.
  public let engine: Engine
  /// The plan's tokenizer.
  public let tokenizer: Tokenizer
  /// The plan's image preparation.
  public let preprocessor: ImagePreprocessor

  /// Prepares a plan for `threads` threads. Weights stay mapped; nothing is copied. Without a `cachePrecision`, keys
  /// and values are rounded where the weights are.
  public convenience init(_ plan: Plan, threads: Int, cachePrecision: CachePrecision? = nil) throws {
    try self.init(plan.contents, weights: plan.weights, threads: threads, cachePrecision: cachePrecision)
  }

  /// Prepares contents that differ from those of the plan that holds the weights: a new calibration.
  public init(
    _ contents: PlanContents, weights: WeightStore, threads: Int, cachePrecision: CachePrecision? = nil
  ) throws {
    self.contents = contents
    tokenizer = try Tokenizer(contents.tokenizer)
    preprocessor = try ImagePreprocessor(contents.image)
    engine = try Engine(
      contents.model, weights: PlanWeights(weights), threads: threads, cachePrecision: cachePrecision)
  }

  /// The schedule of an operating point.
  public func schedule(_ settings: PruningSettings) throws(InferenceError) -> Schedule {
    try Schedule(settings, layers: contents.model.text.layers, profile: contents.calibration?.plphp)
  }

  /// The prompt of a conversation about `images` pictures: where it has places for them, or in front.
  public func layout(_ conversation: Conversation, images: Int) throws(PromptError) -> PromptLayout {
    var parts: [PromptLayout.Part] = []
    for piece in try tokenizer.encode(contents.prompt, try conversation.placing(images: images)) {
      switch piece {
      case .tokens(let tokens): parts += tokens.map { .token($0) }
      case .image(let index): parts.append(.image(index))
      }
    }
    return PromptLayout(parts: parts)
  }

  /// The prompt of one question about `images` pictures.
  public func layout(prompt: String, images: Int) throws(PromptError) -> PromptLayout {
    try layout(Conversation(prompt), images: images)
  }
}
