import Digests
import Evaluation
public import Plan

/// What a tuning has measured so far, saved beside its output, so that a killed run goes on where it was: times that were
/// measured stay, and what follows from them is found again without another run.
public struct TuningState: Codable {
  /// What the state belongs to; a state of anything else is of no use.
  public struct Key: Codable, Equatable {
    /// Digest of the plan's weights and its calibration.
    var plan: String
    /// Digest of the validation samples.
    var samples: String
    var options: Tuner.Options
    var budgets: [PointBudget]
    /// Threads, where times are measured, and cache.
    var threads: Int
    var cache: String

    /// The key of a tuning; without a plan, one that fits any.
    public init(
      samples: String, options: Tuner.Options, budgets: [PointBudget], threads: Int, cache: String
    ) {
      plan = ""
      (self.samples, self.options, self.budgets) = (samples, options, budgets)
      (self.threads, self.cache) = (threads, cache)
    }

    /// The same for a plan with these weights and a calibration.
    public func of(weights: String, _ record: CalibrationRecord) -> Self {
      var key = self
      // The calibration of a compile is in no file yet. Numbers print as exactly as they are.
      var digest = SHA256()
      digest.update(Array("\(weights)\(record)".utf8))
      key.plan = digest.hexadecimal()
      return key
    }
  }

  let key: Key
  /// Times of pictures and settings, in the order in which they were measured.
  var times = SettingsTiming.Times()
  /// Sizes of the samples that were prepared.
  var facts: [Int: SampleFacts] = [:]
  /// Settings in the order in which the search visited them.
  var trials: [SearchTrial] = []
  /// Scores of all candidates, by sample.
  var scores: [Int: [SampleScore]] = [:]
  /// Times of the candidates.
  var candidateTimes = SettingsTiming.Times()

  init(key: Key) { self.key = key }

  /// The state saved at `path`, or a fresh one where none is. One that cannot be read, or belongs to another tuning, is
  /// an error that says what differs.
  static func load(_ path: String?, key: Key) throws -> TuningState {
    guard let path, let state: TuningState = try SavedState.read(path, "tuning") else {
      return TuningState(key: key)
    }
    if let difference = state.key.difference(from: key) { throw SavedState.unfit(path, difference) }
    return state
  }

  /// Throws when the state saved at a path, where one is, is of something else than `key` says, whatever the plan is.
  public static func check(_ path: String, _ key: Key) throws {
    guard let state: TuningState = try SavedState.read(path, "tuning") else { return }
    var own = state.key
    own.plan = ""
    if let difference = own.difference(from: key) { throw SavedState.unfit(path, difference) }
  }

  /// Saves the state at once or not at all.
  func save(_ path: String?) throws {
    if let path { try SavedState.write(self, to: path, "tuning") }
  }
}

/// Times of one run of some settings.
struct SettingsTime: Codable {
  /// Seconds of prefill with the first logits.
  var prefill: Double
  /// Seconds of choosing tokens and entries, a part of `prefill`.
  var selection: Double
  /// Seconds of a decoding step.
  var step: Double
  /// KV bytes at the end of prefill.
  var kvBytes: Int

  init(_ run: TimedRun) {
    (prefill, selection, step, kvBytes) = (run.prefill, run.selection, run.step, run.kvBytes)
  }
}

extension TuningState.Key {
  /// How this is not `other`, in the words of the command line; `nil` where they are the same.
  fileprivate func difference(from other: Self) -> String? {
    let options =
      difference("--trials", options.trials, other.options.trials)
      ?? difference("--trial-samples", options.screeningSamples, other.options.screeningSamples)
      ?? difference("--max-tokens", options.maxTokens, other.options.maxTokens)
      ?? difference("--threads", threads, other.threads) ?? difference("--cache", cache, other.cache)
    if let options { return "was made with \(options)" }
    if samples != other.samples { return "was made with another set" }
    if budgets != other.budgets { return "was made with other demands on the points" }
    return self == other ? nil : "was made of another plan, or with another calibration"
  }

  private func difference<Value: Equatable>(_ option: String, _ mine: Value, _ its: Value) -> String? {
    Calibration.difference(option, mine, its) { "\($0)" }
  }
}
