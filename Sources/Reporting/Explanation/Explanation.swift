public import Inference
import Models
public import Plan
public import Tokenization

/// Which patches of its pictures each stage of a point dropped for one question, and what became of the answer.
public struct Explanation: Sendable {
  /// The point.
  public let point: OperatingPoint
  /// The question.
  public let question: Conversation.Content
  /// Greedy answer at the point.
  public let answer: String
  /// Greedy answer with nothing pruned.
  public let denseAnswer: String
  /// The pictures, in order.
  public let pictures: [Picture]
  /// What became of each visual token of the prompt.
  public let fate: PatchFate

  /// A picture as the tower saw it.
  public struct Picture: Sendable {
    /// Its file.
    public let path: String
    /// Its blocks of tokens.
    public let blocks: [Block]
  }

  /// A block of tokens with its place in the prompt.
  public struct Block: Sendable {
    /// The pixels, and the grid on them.
    public let view: BlockView
    /// Numbers of the grid's visual tokens within the prompt, row by row.
    public let tokens: Range<Int>
  }

  /// Asks a question at a point and notes what its stages drop.
  public init(
    _ conversation: Conversation, images: [String], at point: OperatingPoint, in context: Context,
    maxTokens: Int = 64
  ) throws {
    self.point = point
    question = conversation.question
    let layout = try context.model.layout(conversation, images: images.count)
    var pictures: [Picture] = []
    var features: [ImageTokens] = []
    var first = 0
    var numbers: [Int] = []
    let view = point.settings.picture
    for path in images {
      let prepared = try context.model.prepareImage(at: path, among: images.count, at: view)
      let tokens = try context.encode(prepared, at: view)
      let blocks = try context.model.views(of: prepared).map { view in
        let start = first + view.firstVisual
        return Block(view: view, tokens: start..<start + view.rows * view.columns)
      }
      pictures.append(Picture(path: path, blocks: blocks))
      features.append(tokens)
      numbers += tokens.arrangement.wholeNumbers.map { first + $0 }
      first += tokens.arrangement.wholeCount
    }
    self.pictures = pictures
    let prompt = try context.embed(layout, images: features)
    var watch = PatchWatch(heads: context.model.text.keyValueHeads)
    let pruned = try context.prefill(
      prompt.copy(), schedule: try context.model.schedule(point.settings), PrefillRange(reserve: maxTokens),
      observer: &watch)
    fate = watch.fate(of: pruned).placed(at: numbers, of: first)
    answer = try Self.text(behind: pruned, maxTokens, context)
    denseAnswer =
      point.settings.isDense
      ? answer
      : try Self.text(
        behind: context.prefill(
          view.isDense ? prompt : Self.prompt(layout, images, context),
          schedule: try context.model.schedule(.dense), PrefillRange(reserve: maxTokens)),
        maxTokens, context)
  }

  /// The prompt with the whole pictures through the whole tower.
  private static func prompt(
    _ layout: PromptLayout, _ images: [String], _ context: Context
  ) throws -> PromptRows {
    let features = try images.map {
      try context.encode(try context.model.prepareImage(at: $0, among: images.count))
    }
    return try context.embed(layout, images: features)
  }

  private static func text(
    behind prefill: consuming PrefillResult, _ maxTokens: Int, _ context: Context
  ) throws -> String {
    var generation = try Generation(
      context.startDecoding(prefill), in: context, GenerationOptions(maxTokens: maxTokens))
    return context.model.text(of: try generation.run())
  }
}
