import Evaluation
import Figures
import Inference
import Plan

/// Scores of an evaluation as tables: the points, their baselines, both task by task, and what it comes to in words.
enum ScoreTable {
  static func text(_ scores: [PointScore], _ second: [SecondTurnScore]) -> String {
    let points = scores.filter { $0.contender.baseline == nil }
    guard let dense = points.first else { return "" }
    let baselines = BaselineScore.all(in: scores)
    var parts = [self.points(points, beside: dense)]
    if !baselines.isEmpty { parts.append(self.baselines(baselines)) }
    parts.append(tasks(points, baselines, hard: HardQuestions(scores)))
    if !second.isEmpty { parts.append(secondTurns(second, points)) }
    let verdicts = verdicts(points, baselines, dense)
    if !verdicts.isEmpty { parts.append(verdicts.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n")
  }

  private static func points(_ scores: [PointScore], beside dense: PointScore) -> String {
    var table = TextTable([
      "point", "accuracy", "95 % interval", "divergence", "long answers", "agreement", "visual kept",
      "visual KV", "KV", "FLOPs", "picture", "tower", "prefill", "first token", "of dense", "selection",
      "decode/token",
    ])
    for score in scores {
      table.append([
        score.point.name, Figure(score.accuracy, .share).description,
        score.hasInterval ? interval(score.accuracyInterval, .share) : "",
        Figure(score.divergence, .nats).description, Figure(score.longAnswerDivergence, .nats).description,
        Figure(score.agreement, .share).description, Figure(score.mean(\.visualKept), .count).description,
        Figure(score.mean(\.visualEntryShare), .share).description,
        Figure(score.mean(\.kvBytes), .bytes).description,
        Figure(score.mean(\.decoderFLOPs) / dense.mean(\.decoderFLOPs), .share).description,
        Figure(score.median(\.pictureSeconds), .seconds).description,
        Figure(score.median(\.visionSeconds), .seconds).description,
        Figure(score.median(\.prefillSeconds), .seconds).description,
        Figure(score.median(\.firstTokenSeconds), .seconds).description,
        Figure(score.median(\.firstTokenSeconds) / dense.median(\.firstTokenSeconds), .share).description,
        Figure(score.median(\.selectionSeconds), .seconds).description,
        Figure(score.decodeSecondsPerToken, .seconds).description,
      ])
    }
    return "\(dense.samples.count) samples\n" + table.text
  }

  /// The two ends of an interval.
  static func interval(_ ends: [Double], _ unit: Figure.Unit) -> String {
    ends.map { Figure($0, unit).description }.joined(separator: " to ")
  }

  /// The two ends of an interval of shares, in points.
  private static func ends(_ interval: [Double]) -> String {
    interval.map { "\(100 * $0, decimals: 1)" }.joined(separator: " to ")
  }

  private static func baselines(_ scores: [BaselineScore]) -> String {
    var table = TextTable(
      [
        "point", "beside", "accuracy", "runs from", "to", "gain, points", "95 % interval", "p", "divergence",
        "point's, more", "95 % interval",
      ], wordColumns: [0, 1])
    for score in scores {
      let (least, largest) = score.spread
      table.append([
        score.point, score.baseline.name, Figure(score.accuracy, .share).description,
        score.runs.count > 1 ? Figure(least, .share).description : "",
        score.runs.count > 1 ? Figure(largest, .share).description : "",
        "\(100 * score.gain.difference, decimals: 1)",
        score.gain.hasInterval ? ends(score.gain.interval) : "",
        probability(score.gain.pValue),
        Figure(score.divergence, .nats).description,
        Figure(score.divergenceGain.difference, .nats).description,
        score.gain.hasInterval ? interval(score.divergenceGain.interval, .nats) : "",
      ])
    }
    return "points beside baselines at their budgets, on the same samples\n" + table.text
  }

  private static func tasks(
    _ points: [PointScore], _ baselines: [BaselineScore], hard: HardQuestions?
  ) -> String {
    let tasks = points.first?.tasks ?? []
    guard !tasks.isEmpty else { return "the set has no answers: quality is agreement with dense" }
    let rows =
      points.map { (name: $0.point.name, runs: [$0]) }
      + baselines.map { (name: "\($0.point)+\($0.baseline.name)", runs: $0.runs) }
    var table = TextTable(["accuracy by task"] + tasks.map(\.task) + (hard == nil ? [] : ["hard"]))
    for row in rows {
      var cells = tasks.indices.map { index in
        Figure(Statistics.mean(row.runs.map { $0.tasks[index].accuracy }), .share).description
      }
      if let hard {
        cells.append(Figure(Statistics.mean(row.runs.map { hard.quality(of: $0) }), .share).description)
      }
      table.append([row.name] + cells)
    }
    table.append(["samples"] + tasks.map { "\($0.samples)" } + (hard.map { ["\($0.indices.count)"] } ?? []))
    let note = hard.map { "\nhard: questions that \($0.source) gets wrong" } ?? ""
    return table.text + note
  }

  private static func secondTurns(_ scores: [SecondTurnScore], _ points: [PointScore]) -> String {
    var table = TextTable([
      "point", "freed entries", "second question", "asked alone", "beside dense, points", "95 % interval",
      "p",
    ])
    for score in scores {
      let comparison = score.compared(with: scores[0])
      let alone = points.first { $0.point.name == score.point }.map { score.accuracyAlone($0) } ?? .nan
      table.append([
        score.point, score.policy?.rawValue ?? "", Figure(score.accuracy, .share).description,
        Figure(alone, .share).description, "\(100 * comparison.difference, decimals: 1)",
        comparison.hasInterval ? ends(comparison.interval) : "",
        probability(comparison.pValue),
      ])
    }
    return "the second question of a dialogue, \(scores[0].samples) dialogues\n" + table.text
  }

  private static func verdicts(
    _ points: [PointScore], _ baselines: [BaselineScore], _ dense: PointScore
  ) -> [String] {
    let losses = points.dropFirst().map { score in
      let comparison = score.compared(with: dense)
      let points = BaselineScore.points(comparison)
      return comparison.isClear
        ? "\(score.point.name) differs from dense: \(points), p = \(probability(comparison.pValue))"
        : "\(score.point.name) cannot be told from dense: \(points), p = \(probability(comparison.pValue))"
    }
    return losses + baselines.map(\.verdict)
  }

  /// A p-value; empty where there is none.
  private static func probability(_ value: Double) -> String {
    value.isNaN ? "" : value < 0.0001 ? "<0.0001" : "\(value, decimals: 4)"
  }
}
