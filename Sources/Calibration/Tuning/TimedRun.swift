import Inference
import Models

/// One timed prefill of a prompt and some decoding steps behind it.
struct TimedRun {
  /// Seconds of prefill with the first logits.
  let prefill: Double
  /// Seconds of choosing tokens and entries, a part of `prefill`.
  let selection: Double
  /// Seconds of a decoding step.
  let step: Double
  /// KV bytes at the end of prefill.
  let kvBytes: Int

  /// Runs a copy of `prompt`, and `steps` steps whatever they say.
  init(
    _ prompt: PromptRows, _ schedule: Schedule, steps: Int, _ context: Context
  ) throws(InferenceError) {
    let copy = prompt.copy()
    let start = StageClock.now
    let result = try context.prefill(copy, schedule: schedule, PrefillRange(reserve: steps))
    let counts = result.counts
    let state = context.startDecoding(result)
    prefill = StageClock.now - start
    selection = counts.selectionSeconds
    kvBytes = counts.cacheBytes
    var options = GenerationOptions(maxTokens: steps + 1)
    options.ignoresStopTokens = true
    var generation = try Generation(state, in: context, options)
    let run = try generation.run().count - 1
    step = run > 0 ? generation.decodeSeconds / Double(run) : 0
  }
}
