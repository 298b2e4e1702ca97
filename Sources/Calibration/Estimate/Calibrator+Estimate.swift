public import Evaluation
import Inference
public import Plan

extension Calibrator {
  /// What calibrating on `set` will take, and a record as large as the one that will come of it, for what goes on with it.
  ///
  /// - Parameter neuronOrder: some order of the plan's neurons, where they are going to be ordered.
  public func estimate(
    _ set: SampleSet, neuronOrder: NeuronOrder?, reporter: any ProgressReporter
  ) throws -> (WorkEstimate, CalibrationRecord) {
    let chosen = set.spread(options.limit)
    let count = chosen.samples.count
    let stages = stages(neuronOrder)
    reporter.begin("timing parts of the calibration", total: stages.count + 2)
    let probe = try SampleProbe(chosen, context, maxTokens: options.maxTokens, reporter)
    var estimate = WorkEstimate()
    if neuronOrder != nil {
      let ordering = NeuronOrdering(context, options: options)
      estimate.add(try ordering.forecast(probe, over: chosen), among: share.ranks)
    }
    if options.narrowHarm != nil {
      let search = NarrowProductSearch(context, options: options)
      estimate.add(try search.forecast(probe, over: count), among: share.ranks)
    }
    try reporter.advance(by: 1)
    estimate.add([try probe.preparation(of: count)], among: share.ranks)
    try reporter.advance(by: 1)
    var state = CalibrationState(
      key: CalibrationState.Key(weights: "", samples: "", options: options))
    var largest = 0
    for stage in stages {
      largest = max(largest, try add(stage, probe, count, &estimate, &state))
      try reporter.advance(by: 1)
    }
    estimate.sampleBytes = (count * probe.preparedBytes + largest) / share.ranks
    reporter.end("\(probe.samples.count) samples")
    return (estimate, try record(state, neuronOrder: neuronOrder))
  }

  /// Adds what a stage takes, and returns the bytes that it keeps of its samples.
  private func add<Stage: CalibrationStage>(
    _ stage: Stage, _ probe: SampleProbe, _ count: Int, _ estimate: inout WorkEstimate,
    _ state: inout CalibrationState
  ) throws -> Int {
    let store = probe.samples.store
    store.forgetPeak()
    let before = store.bytes
    let forecast = try stage.forecast(probe, over: count)
    estimate.add(forecast.parts, among: share.ranks)
    try state.set(Stage.self, to: forecast.state)
    return (store.peakBytes - before) / probe.samples.count * forecast.samples
  }
}
