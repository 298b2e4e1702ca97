import Evaluation
import Figures
import PlanFormat

/// Scores of an evaluation as two tables: the points, and their accuracy task by task.
enum ScoreTable {
  static func text(_ scores: [PointScore]) -> String {
    guard let dense = scores.first else { return "" }
    var points = TextTable([
      "point", "accuracy", "95 % interval", "divergence", "long answers", "agreement", "visual kept",
      "visual KV",
      "KV", "FLOPs", "prefill", "of dense", "selection", "decode/token",
    ])
    for score in scores {
      points.append([
        score.point.name, Figure(score.accuracy, .share).description,
        score.accuracyInterval.map { Figure($0, .share).description }.joined(separator: " to "),
        Figure(score.divergence, .nats).description, Figure(score.longAnswerDivergence, .nats).description,
        Figure(score.agreement, .share).description, Figure(score.mean(\.visualKept), .count).description,
        Figure(score.mean(\.visualEntryShare), .share).description,
        Figure(score.mean(\.kvBytes), .bytes).description,
        Figure(score.mean(\.decoderFLOPs) / dense.mean(\.decoderFLOPs), .share).description,
        Figure(score.median(\.prefillSeconds), .seconds).description,
        Figure(score.median(\.prefillSeconds) / dense.median(\.prefillSeconds), .share).description,
        Figure(score.median(\.selectionSeconds), .seconds).description,
        Figure(score.decodeSecondsPerToken, .seconds).description,
      ])
    }
    var tasks = TextTable(["task", "samples"] + scores.map(\.point.name))
    for (index, task) in dense.tasks.enumerated() {
      tasks.append(
        [task.task, "\(task.samples)"] + scores.map { Figure($0.tasks[index].accuracy, .share).description })
    }
    return "\(points.text)\n\n\(tasks.text)\n\n\(dense.samples.count) samples"
  }
}
