import Compute
import Models
import Plan

/// Reads one prompt after the other about the same pictures, each only as far as it has not been read before.
///
/// What token pruning keeps of a picture depends on nothing that follows it, except by rules that read the question. So
/// any question about it may go on behind it: the next of a dialogue, or another one instead.
public struct PromptReader: ~Copyable {
  /// What happens to freed entries.
  public let policy: DialoguePolicy
  private let context: Context
  private let images: [ImageTokens]
  private let schedule: Schedule
  private var known: Known?

  /// What has been read, and what it left.
  private final class Known {
    var parts: [PromptLayout.Part]
    var prompt: CachedPrompt

    init(parts: [PromptLayout.Part], prompt: consuming CachedPrompt) {
      self.parts = parts
      self.prompt = prompt
    }

    func copy(forgetting count: Int) -> Known {
      Known(parts: Array(parts.dropLast(count)), prompt: prompt.copy(forgetting: count))
    }
  }

  /// A reader of prompts about some pictures.
  public init(_ context: Context, images: [ImageTokens], schedule: Schedule, policy: DialoguePolicy) {
    self.context = context
    self.images = images
    self.schedule = schedule
    self.policy = policy
  }

  /// A prompt that was read.
  public struct Reading: ~Copyable {
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

    /// Hands over what to decode behind.
    public consuming func takePrefill() -> PrefillResult { prefill }
  }

  /// Reads a prompt and leaves room for `reserve` tokens to be decoded, but no more than the context has room for.
  ///
  /// Throws where the context has no room for an answer, and where the run is cancelled; nothing is known then.
  public mutating func read(_ layout: PromptLayout, reserve: Int) throws(InferenceError) -> Reading {
    let count = try context.model.checkedCount(of: layout, images: images)
    let room = try context.model.room(behind: count, limit: reserve)
    let visual = images.reduce(0) { $0 + $1.arrangement.visualCount }
    var tokens = count
    var prefill = try readOn(layout, reserve: room, &tokens)
    if prefill == nil { prefill = try readWhole(layout, reserve: room) }
    guard let prefill else { preconditionFailure("a prompt is read on or read whole") }
    let held = policy == .keep && schedule.settings.cacheRetention != nil ? known?.prompt.cache.bytes ?? 0 : 0
    return Reading(prefill: prefill, count: count, visual: visual, known: count - tokens, heldBytes: held)
  }

  /// Takes in what was decoded behind the last reading: these tokens were run.
  public mutating func didDecode(_ tokens: some Collection<Int32>) {
    guard let known = known.take() else { return }
    // A cache that was chosen for one question is not what the next one is read behind.
    if policy == .accept || (policy == .keep && schedule.settings.cacheRetention == nil) {
      known.parts += tokens.map { .token($0) }
      known.prompt.didRead(tokens.count)
    }
    self.known = known
  }

  /// Forgets what was read: whatever was decoded behind it is not known to belong to it.
  public mutating func forget() { known = nil }

  private mutating func readWhole(
    _ layout: PromptLayout, reserve: Int
  ) throws(InferenceError) -> PrefillResult {
    known = nil
    var range = PrefillRange.answering(reserve: reserve)
    range.keepsWhole = policy != .reencode
    var result = try context.prefill(
      try context.embed(layout, images: images), schedule: schedule, range)
    if var whole = result.takeWhole() {
      if policy == .accept { whole.replace(by: result.cache) }
      known = Known(parts: layout.parts, prompt: whole)
    }
    return result
  }

  /// Reads what is new of a prompt that begins as the last one did, at least up to its pictures; `nil` where it does not.
  /// `count` becomes the number of tokens that were read.
  private mutating func readOn(
    _ layout: PromptLayout, reserve: Int, _ count: inout Int
  ) throws(InferenceError) -> PrefillResult? {
    guard !dependsOnText, let known = known.take() else { return nil }
    guard let start = start(of: layout, behind: known) else { return nil }
    let chooses = policy == .keep ? schedule : nil
    var tokens: [Int32] = []
    for part in layout.parts[start...] {
      guard case .token(let token) = part else { return nil }
      try context.model.check(token)
      tokens.append(token)
    }
    known.prompt.forget(last: known.parts.count - start)
    let result = try context.prefill(tokens, behind: &known.prompt, freeingBy: chooses, reserve: reserve)
    known.parts = layout.parts
    self.known = known
    count = tokens.count
    return result
  }

  /// The first part of a prompt that has to be read where some parts are known; `nil` for all of it.
  private func start(of layout: PromptLayout, behind known: Known) -> Int? {
    let common = zip(known.parts, layout.parts).prefix { $0 == $1 }.count
    let images = layout.parts.lastIndex { if case .image = $0 { true } else { false } } ?? -1
    // The rows by whose attention entries are chosen have to be run, and one for the logits.
    let chooses = policy == .keep ? schedule : nil
    let watched = chooses.flatMap { context.entrySelector($0)?.watchedRows } ?? 1
    let shared = min(common, layout.parts.count - 1)
    let start = max(images + 1, min(shared, layout.parts.count - max(1, watched)))
    guard start <= shared else { return nil }
    // Layers that read their rows one after the other come back to some places alone.
    let reachable = known.parts.count - known.prompt.forgettable(known.parts.count - start)
    return reachable > images ? reachable : nil
  }

  /// How many parts of a prompt are known from the last one and would not be read again, and how many parts of the last
  /// one would be forgotten for it.
  package func overlap(with layout: PromptLayout) -> (known: Int, lost: Int) {
    guard !dependsOnText, let known else { return (0, 0) }
    let count = known.parts.count
    guard let start = start(of: layout, behind: known) else { return (0, count) }
    return (start, count - start)
  }

  /// A reader that knows what this one does but the last `count` parts, which must all be text, in memory of its own.
  package func copy(forgetting count: Int) -> PromptReader {
    var copy = PromptReader(context, images: images, schedule: schedule, policy: policy)
    copy.known = known?.copy(forgetting: count)
    return copy
  }

  /// The order of each picture's tokens.
  package var arrangements: [ImageArrangement] { images.map(\.arrangement) }

  /// Whether anything is known.
  package var knowsPrompt: Bool { known != nil }

  /// Bytes of memory of what is known, and of the features of the pictures.
  package var heldBytes: Int {
    let features = images.lazy.flatMap(\.features).map { 4 * $0.rows * $0.columns }
    return features.reduce(known?.prompt.cache.allocatedBytes ?? 0, +)
  }

  /// Numbers of the visual tokens that outlive token pruning, where what was read before entries were freed is known.
  package var keptTokens: [Int]? {
    guard let indices = known?.prompt.visualIndices else { return nil }
    // Behind a horizon no layer has any: the last layer that has tells.
    let last = indices.last { layer in layer.contains { $0 >= 0 } }
    return (last ?? []).compactMap { $0 >= 0 ? Int($0) : nil }
  }

  /// Whether what is known depends on the text behind the pictures: another question would choose other tokens, or pictures see
  /// the question.
  private var dependsOnText: Bool {
    context.model.text.pictureAttention == .prompt
      || (policy == .keep && (schedule.settings.tokenPruning?.rule.readsQuestion ?? false))
  }
}
