import Compute
import Models
import PlanFormat

/// Reads one prompt after the other about the same pictures, each only as far as it has not been read before.
///
/// What TopV keeps of a picture depends on nothing that follows it, so any question about it may go on behind it: the
/// next of a dialogue, or another one instead.
public struct PromptReader {
  /// What happens to freed entries.
  public let policy: DialoguePolicy
  private let session: Session
  private let images: [ImageTokens]
  private let schedule: Schedule
  private var known: Known?

  /// What has been read, and what it left.
  private struct Known {
    var parts: [PromptLayout.Part]
    var prompt: CachedPrompt
  }

  /// A reader of prompts about some pictures.
  public init(_ session: Session, images: [ImageTokens], schedule: Schedule, policy: DialoguePolicy) {
    self.session = session
    self.images = images
    self.schedule = schedule
    self.policy = policy
  }

  /// A prompt that was read.
  public struct Reading {
    /// What to decode behind.
    public let prefill: PrefillResult
    /// Tokens of the prompt, visual ones included.
    public let count: Int
    /// Visual tokens of the prompt.
    public let visual: Int
    /// Tokens that were known from earlier prompts and not read again.
    public let known: Int
    /// Bytes of the whole cache that is kept beside the one to decode with.
    public let heldBytes: Int
  }

  /// Reads a prompt and leaves room for `reserve` tokens to be decoded.
  public mutating func read(_ layout: PromptLayout, reserve: Int) throws(InferenceError) -> Reading {
    let count = try session.engine.checkedCount(of: layout, images: images)
    let visual = images.reduce(0) { $0 + $1.arrangement.visualCount }
    let onward = try readOn(layout, reserve: reserve)
    let prefill = if let onward { onward.prefill } else { try readWhole(layout, reserve: reserve) }
    let held = policy == .keep && schedule.retention != nil ? known?.prompt.cache.bytes ?? 0 : 0
    return Reading(
      prefill: prefill, count: count, visual: visual, known: onward.map { count - $0.tokens } ?? 0,
      heldBytes: held)
  }

  /// Takes in what was decoded behind the last reading: `tokens` were run, `state` is behind them.
  public mutating func didDecode(_ tokens: some Collection<Int32>, _ state: DecodeState) {
    // A cache that was chosen for one question is not what the next one is read behind.
    guard policy == .accept || (policy == .keep && schedule.retention == nil) else { return }
    known?.parts += tokens.map { .token($0) }
    known?.prompt.didDecode(tokens.count, state)
  }

  private mutating func readWhole(
    _ layout: PromptLayout, reserve: Int
  ) throws(InferenceError) -> PrefillResult {
    known = nil
    let prompt = try session.engine.embed(layout, images: images)
    var none = NoObserver()
    let result = session.engine.prefill(
      prompt, schedule: schedule, reserve: reserve, keepsWhole: policy != .reencode, observer: &none)
    if var whole = result.whole {
      if policy == .accept { whole.replace(by: result.cache) }
      known = Known(parts: layout.parts, prompt: whole)
    }
    return result
  }

  /// Reads what is new of a prompt that begins as the last one did, at least up to its pictures; `nil` where it does not.
  private mutating func readOn(
    _ layout: PromptLayout, reserve: Int
  ) throws(InferenceError) -> (prefill: PrefillResult, tokens: Int)? {
    guard var known, !chosenByText else { return nil }
    let chooses = policy == .keep ? schedule : nil
    let common = zip(known.parts, layout.parts).prefix { $0 == $1 }.count
    let images = layout.parts.lastIndex { if case .image = $0 { true } else { false } } ?? -1
    // The rows by whose attention entries are chosen have to be run, and one for the logits.
    let shared = min(common, layout.parts.count - 1)
    let start = max(images + 1, min(shared, layout.parts.count - max(1, chooses?.watchedRows ?? 1)))
    guard start <= shared else { return nil }
    var tokens: [Int32] = []
    for part in layout.parts[start...] {
      guard case .token(let token) = part else { return nil }
      try session.engine.check(token)
      tokens.append(token)
    }
    known.prompt.forget(last: known.parts.count - start)
    let result = session.engine.prefill(
      tokens, behind: &known.prompt, freeingBy: chooses, reserve: reserve)
    known.parts = layout.parts
    self.known = known
    return (result, tokens.count)
  }

  /// Whether the tokens that stay were chosen by the text behind the pictures: another question would choose others.
  private var chosenByText: Bool { policy == .keep && schedule.tokens?.rule == .fastV }
}
