public import Figures
public import Inference
public import Plan
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

  /// Asks both questions of every dialogue at each point and by each policy, dense first. All are given dense's own answer
  /// to the first question, so that only what was dropped tells them apart.
  ///
  /// Points that free no entries answer the same by every policy: they are asked once.
  public func evaluate(
    _ set: SampleSet, points: [OperatingPoint], policies: [DialoguePolicy] = DialoguePolicy.allCases,
    onDialogue: () throws -> Void = {}
  ) throws -> [SecondTurnScore] {
    let context = runner.context
    let contenders = points.flatMap { point in
      point.settings.cacheRetention == nil ? [(point, policies.first ?? .keep)] : policies.map { (point, $0) }
    }
    let schedules = try contenders.map { try context.model.schedule($0.0.settings) }
    var scores = contenders.map { point, policy in
      SecondTurnScore(point: point.name, policy: point.settings.cacheRetention == nil ? nil : policy)
    }
    for (first, second) in Self.dialogues(set) {
      try onDialogue()
      let reply = context.model.text(of: try runner.reference(try runner.prompt(first)).answer)
      let opening = try context.model.layout(prompt: first.prompt, images: first.images.count)
      let words = Conversation.Content.words(of: second.prompt)
      let whole = try context.model.layout(
        Conversation(prompts: [first.prompt, words], replies: [reply]), images: first.images.count)
      var dense: [Int32]?
      for (index, schedule) in schedules.enumerated() {
        let images = try runner.images(of: first, at: schedule.settings.picture)
        var reader = PromptReader(context, images: images, schedule: schedule, policy: contenders[index].1)
        // The answer is dense's, so nothing is decoded behind the first question.
        _ = try reader.read(opening, reserve: 1)
        let reading = try reader.read(whole, reserve: runner.maxTokens)
        var generation = try Generation(
          context.startDecoding(reading.takePrefill()), in: context,
          GenerationOptions(maxTokens: runner.maxTokens))
        let answer = try generation.run()
        let reference = dense ?? answer
        dense = reference
        let right = second.answer.map { $0 == context.model.text(of: answer) } ?? (answer == reference)
        scores[index].append(
          id: second.id, image: second.images.joined(separator: "\n"), quality: right ? 1 : 0)
      }
    }
    return scores
  }
}

/// What a point did on second questions.
public struct SecondTurnScore: Sendable {
  /// Name of the point.
  public let point: String
  /// What happened to entries freed for the first question; `nil` where the point frees none.
  public let policy: DialoguePolicy?
  private var ids: [String] = []
  private var images: [String] = []
  private var values: [Double] = []

  init(point: String, policy: DialoguePolicy?) {
    self.point = point
    self.policy = policy
  }

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
      "point": .string(point), "policy": policy.map { .string($0.rawValue) } ?? .null,
      "samples": .integer(samples), "accuracy": Figure(accuracy, .share).json,
      "beside_dense": compared(with: dense).json,
    ])
  }
}
