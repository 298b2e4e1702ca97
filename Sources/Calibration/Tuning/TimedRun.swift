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

  /// Runs a copy of `prompt`, and `steps` steps on any token.
  init(_ prompt: PromptRows, _ schedule: Schedule, steps: Int, _ engine: Engine) {
    let copy = prompt.copy()
    let start = StageClock.now
    let result = engine.prefill(copy, schedule: schedule, reserve: steps + 1)
    var state = engine.startDecoding(result)
    let middle = StageClock.now
    for _ in 0..<steps { engine.decode(0, &state) }
    prefill = middle - start
    selection = result.selectionSeconds
    step = (StageClock.now - middle) / Double(steps)
    kvBytes = result.cache.bytes
  }
}
