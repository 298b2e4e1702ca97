internal import Compute
public import Imaging
public import Models
public import Plan
public import PlanFile
public import Tokenization

/// A plan ready to answer: weights, tower, decoder, tokenizer and image preparation, bound once.
///
/// A model never changes, so any number of contexts on any threads share it. The runtime, calibration and evaluation all
/// use it, so what is measured is what ships.
public final class Model: Sendable {
  /// The plan's contents.
  public let contents: PlanContents
  /// Tokens of text.
  public let tokenizer: Tokenizer
  /// Image preparation.
  public let preprocessor: ImagePreprocessor
  let heldMemory: HeldMemory
  let tower: VisionTower
  let projector: Projector
  let decoder: Decoder
  let lazyVocabulary = LazyVocabulary()
  /// What holds the weights, where that is a plan.
  private let store: WeightStore?
  /// Digests of the weights and of everything else, where both are those of a plan.
  package let planDigest: String?

  /// Binds contents to weights; nothing is copied. Without a `cachePrecision`, keys and values are rounded where the
  /// weights are.
  public convenience init(
    _ contents: PlanContents, weights: some ModelWeights, cachePrecision: CachePrecision? = nil
  ) throws {
    try self.init(contents, weights, of: nil, digest: nil, cachePrecision, paging: nil)
  }

  private init(
    _ contents: PlanContents, _ weights: some ModelWeights, of store: WeightStore?, digest: String?,
    _ cachePrecision: CachePrecision?, paging: WeightPaging?
  ) throws {
    self.contents = contents
    var held = HeldMemory(contents)
    if let paging, let store { held.weights = paging.residentBytes(of: store) }
    heldMemory = held
    self.store = store
    planDigest = digest
    tokenizer = try Tokenizer(contents.tokenizer)
    preprocessor = try ImagePreprocessor(contents.image)
    tower = try VisionTower(contents.model.vision, weights: weights, residency: paging)
    projector = try Projector(contents.model, weights: weights, residency: paging)
    decoder = try Decoder(
      contents.model.text, weights: weights, cachePrecision: cachePrecision, residency: paging)
  }

  /// Binds a plan to its mapped weights.
  ///
  /// - Parameter pagesWeights: whether the weights of a layer leave memory when the next one runs, so that a plan larger
  ///   than memory is read from its disk again and again instead of not at all.
  public convenience init(
    _ plan: Plan, cachePrecision: CachePrecision? = nil, pagesWeights: Bool = false
  ) throws {
    try self.init(
      plan.contents, PlanWeights(plan.weights, narrowProducts: plan.contents.narrowProducts),
      of: plan.weights,
      digest: "\(plan.weightsDigest) \(plan.contentsDigest)", cachePrecision,
      paging: pagesWeights ? WeightPaging(plan.weights, plan.contents.model) : nil)
  }

  /// Binds contents that differ from those of the plan that holds the weights: a new calibration.
  public convenience init(
    _ contents: PlanContents, weights: WeightStore, cachePrecision: CachePrecision? = nil
  ) throws {
    try self.init(
      contents, PlanWeights(weights, narrowProducts: contents.narrowProducts), of: weights, digest: nil,
      cachePrecision, paging: nil)
  }

  /// The same model with other products whose activations have 7 bits; nil where its weights are those of no plan.
  public func narrowing(_ products: [String]) throws -> Model? {
    guard let store else { return nil }
    var contents = contents
    contents.narrowProducts = products
    return try Model(contents, weights: store, cachePrecision: cachePrecision)
  }

  /// Throws when the plan's file was written to since it was opened: answers from it would be of no plan.
  public func checkUnchanged() throws(PlanError) { try store?.checkUnchanged() }

  /// Shapes and options.
  public var description: ModelDescription { contents.model }
  /// Shapes and options of the decoder.
  public var text: TextModel { contents.model.text }
  /// How keys and values are stored.
  public var cachePrecision: CachePrecision { decoder.cachePrecision }

  /// The schedule of an operating point.
  public func schedule(_ settings: PruningSettings) throws(InferenceError) -> Schedule {
    try Schedule(settings, for: description, image: contents.image, calibration: contents.calibration)
  }

  /// The prompt of a conversation about `images` pictures: where it has places for them, or in front.
  public func layout(_ conversation: Conversation, images: Int) throws(PromptError) -> PromptLayout {
    var parts: [PromptLayout.Part] = []
    var labelled = 0
    for piece in try tokenizer.encode(contents.prompt, try conversation.placing(images: images)) {
      switch piece {
      case .tokens(let tokens): parts += tokens.map { .token($0) }
      case .image(let index):
        parts += try label(ofPicture: labelled).map { .token($0) }
        labelled += 1
        parts.append(.image(index))
      }
    }
    return PromptLayout(parts: parts)
  }

  /// Tokens before a picture that say which one of the prompt it is, counted from 0.
  private func label(ofPicture picture: Int) throws(PromptError) -> [Int32] {
    let text = contents.image.markup.label(ofPicture: picture)
    if text.isEmpty { return [] }
    var budget = MatchBudget(bytes: text.utf8.count)
    do { return try tokenizer.encode(text, &budget) } catch { throw .tokenization(error) }
  }

  /// The prompt of one question about `images` pictures.
  public func layout(prompt: String, images: Int) throws(PromptError) -> PromptLayout {
    try layout(Conversation(prompt), images: images)
  }

  /// Text of an answer: its tokens without control tokens, without white space around them.
  public func text(of tokens: [Int32]) -> String {
    let text = tokenizer.decode(tokens)
    let kept = text.drop { $0.isWhitespace }
    return String(kept.reversed().drop { $0.isWhitespace }.reversed())
  }
}
