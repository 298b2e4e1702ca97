public import Figures
import Inference
import Models
public import PlanFormat
import Tokenization

/// The second question of a dialogue, asked behind the first one's answer: what a point has dropped and freed for the
/// first question is gone for the second.
public struct SecondTurnEvaluator {
  private let runner: SampleRunner

  /// An evaluator over a runner.
  public init(_ runner: SampleRunner) { self.runner = runner }

  /// Neighbours of a set that ask about the same pictures, as dialogues of two questions.
  public static func dialogues(_ set: SampleSet) -> [(first: Sample, second: Sample)] {
    zip(set.samples, set.samples.dropFirst()).filter { $0.images == $1.images }
      .map { (first: $0, second: $1) }
  }

  /// Asks both questions of every dialogue at each point, dense first. All are given dense's own answer to the first
  /// question, so that only what was dropped tells them apart.
  ///
  /// Dialogues whose template does not just go on behind the first answer are left out.
  public func evaluate(
    _ set: SampleSet, points: [OperatingPoint], onDialogue: () throws -> Void = {}
  ) throws -> [SecondTurnScore] {
    let session = runner.session
    let schedules = try points.map { try session.schedule($0.settings) }
    var scores = points.map { SecondTurnScore(point: $0.name) }
    for (first, second) in Self.dialogues(set) {
      try onDialogue()
      let prompt = try runner.prompt(first)
      let reply = try runner.reference(prompt).answer
      guard let words = try continuation(first, reply: session.text(of: reply), second) else { continue }
      var dense: [Int32]?
      for (index, schedule) in schedules.enumerated() {
        let engine = session.engine
        let prefill = engine.prefill(
          prompt.copy(), schedule: schedule, reserve: words.count + runner.maxTokens + 1)
        var state = engine.startDecoding(prefill)
        for token in words { engine.decode(token, &state) }
        let answer = session.greedyTokens(from: &state, limit: runner.maxTokens).tokens
        let reference = dense ?? answer
        dense = reference
        let right = second.answer.map { $0 == session.text(of: answer) } ?? (answer == reference)
        scores[index].append(
          id: second.id, image: second.images.joined(separator: "\n"), quality: right ? 1 : 0)
      }
    }
    return scores
  }

  /// Tokens behind the prompt of the first question: the reply, and the second question.
  private func continuation(_ first: Sample, reply: String, _ second: Sample) throws -> [Int32]? {
    let session = runner.session
    let opening = try session.layout(prompt: first.prompt, images: first.images.count).parts
    let words = Conversation.Content.words(of: second.prompt)
    let whole = try session.layout(
      Conversation(prompts: [first.prompt, words], replies: [reply]), images: first.images.count
    ).parts
    guard whole.starts(with: opening) else { return nil }
    var tokens: [Int32] = []
    for part in whole.dropFirst(opening.count) {
      guard case .token(let token) = part else { return nil }
      tokens.append(token)
    }
    return tokens
  }
}

/// What a point did on second questions.
public struct SecondTurnScore: Sendable {
  /// Name of the point.
  public let point: String
  private var ids: [String] = []
  private var images: [String] = []
  private var values: [Double] = []

  init(point: String) { self.point = point }

  mutating func append(id: String, image: String, quality: Double) {
    ids.append(id)
    images.append(image)
    values.append(quality)
  }

  /// Dialogues.
  public var samples: Int { values.count }
  /// Share of second questions answered right (as dense, where the set has no answers).
  public var accuracy: Double { Statistics.mean(values) }

  /// How this stands beside another point in the same dialogues.
  public func compared(with other: SecondTurnScore) -> PairedComparison {
    PairedComparison(values, other.values, clusters: images)
  }

  /// Accuracy on the same questions when they are asked first, at the same point.
  public func accuracyAlone(_ score: PointScore) -> Double {
    let alone = Dictionary(
      score.samples.map { ($0.id, $0.quality) }, uniquingKeysWith: { first, _ in first })
    return Statistics.mean(ids.compactMap { alone[$0] })
  }

  /// The object that `espalier evaluate --json` prints for the point.
  public func json(beside dense: SecondTurnScore) -> JSON {
    .object([
      "point": .string(point), "samples": .integer(samples), "accuracy": Figure(accuracy, .share).json,
      "beside_dense": compared(with: dense).json,
    ])
  }
}
