import Compute
import Inference
import Models
public import Plan

/// Measures operating points on a set: accuracy, divergence, agreement, times and sizes, each next to dense.
public struct Evaluator {
  private let runner: SampleRunner
  private let dense: SampleRunner

  /// An evaluator over a runner. Points are compared with the dense answers of `dense`, a runner over another plan of
  /// the same model, such as one whose weights are not rounded; without it, with those of their own plan.
  public init(_ runner: SampleRunner, dense: SampleRunner? = nil) {
    self.runner = runner
    self.dense = dense ?? runner
  }

  /// Runs every point on every sample of the set. Points take turns within a sample, and the order turns from sample
  /// to sample, so that a machine that slows down slows all of them alike.
  ///
  /// `onSample` is called after each sample and may throw to stop. A run that was stopped goes on from the scores of its
  /// first samples, a list a point, which `onScores` is told as they grow.
  public func evaluate(
    _ set: SampleSet, points: [OperatingPoint], from known: [[SampleScore]] = [],
    onSample: (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
    onScores: ([PointScore]) throws -> Void = { _ in }
  ) throws -> [PointScore] {
    try evaluate(
      set, contenders: points.map { Contender(point: $0) }, from: known, onSample: onSample,
      onScores: onScores)
  }

  /// The same with baselines among the points.
  public func evaluate(
    _ set: SampleSet, contenders: [Contender], from known: [[SampleScore]] = [],
    onSample: (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
    onScores: ([PointScore]) throws -> Void = { _ in }
  ) throws -> [PointScore] {
    let schedules = try contenders.map { try runner.context.model.schedule($0.point.settings) }
    let views = ([.dense] + contenders.map(\.view)).uniqued
    precondition(known.isEmpty || known.count == contenders.count)
    var scores = contenders.map { PointScore($0) }
    for (place, list) in known.enumerated() { for score in list { scores[place].append(score) } }
    for (index, sample) in set.samples.enumerated().dropFirst(known.first?.count ?? 0) {
      var prompts: [PictureView: TimedPrompt] = [:]
      for turn in views.indices {
        let view = views[(turn + index) % views.count]
        prompts[view] = try runner.timedPrompt(sample, view: view)
      }
      guard let whole = prompts[.dense] else { continue }
      let reference = try dense.reference(dense === runner ? whole.rows : try dense.prompt(sample))
      for turn in contenders.indices {
        let place = (turn + index) % contenders.count
        let contender = contenders[place]
        let prompt = prompts[contender.view] ?? whole
        let outcome = try runner.run(prompt.rows, schedule: schedules[place], answer: reference.answer)
        scores[place].append(
          SampleScore(
            sample, outcome, prompt, reference, runner.context, settings: contender.point.settings,
            dense: whole))
      }
      try runner.context.model.checkUnchanged()
      try onScores(scores)
      try onSample(index + 1, set.samples.count)
    }
    return scores
  }
}
