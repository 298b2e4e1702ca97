public import Inference
import Models
public import PlanFormat

/// What became of each visual token of one prompt at one operating point.
public struct PatchFate: Equatable, Sendable {
  /// Whether the token outlives token pruning, by its number within the prompt.
  public let isKept: [Bool]
  /// Tokens whose entry is in the cache at the end of prefill, ascending: `[layers][KV heads]`.
  public let entries: [[[Int]]]

  /// Prefills a prompt at a point and watches what its stages drop.
  public init(of prompt: PromptRows, at settings: PruningSettings, in session: Session) throws {
    self = try Self.watch(prompt, at: settings, in: session).fate
  }

  /// The same with the prefill, behind which `reserve` tokens are to be decoded.
  static func watch(
    _ prompt: PromptRows, at settings: PruningSettings, in session: Session, reserve: Int = 0
  ) throws -> (fate: PatchFate, prefill: PrefillResult) {
    var recorder = PatchRecorder(heads: session.contents.model.text.keyValueHeads)
    let result = session.engine.prefill(
      prompt.copy(), schedule: try session.schedule(settings), reserve: reserve, observer: &recorder)
    var isKept = Array(repeating: false, count: prompt.rows.visualCount)
    for token in result.rows.visualIndices where token >= 0 { isKept[Int(token)] = true }
    return (PatchFate(isKept: isKept, entries: recorder.entries), result)
  }

  private init(isKept: [Bool], entries: [[[Int]]]) {
    self.isKept = isKept
    self.entries = entries
  }

  /// Share of all caches, one a layer and KV head, that hold an entry of each token.
  public var entryShares: [Double] {
    var counts = Array(repeating: 0, count: isKept.count)
    for token in entries.joined().joined() { counts[token] += 1 }
    let caches = entries.reduce(0) { $0 + $1.count }
    return counts.map { Double($0) / Double(max(1, caches)) }
  }
}

/// Notes which visual tokens have entries in each layer's cache.
private struct PatchRecorder: Observer {
  let heads: Int
  var entries: [[[Int]]] = []

  mutating func willRun(layer: Int, rows: TokenRows) {
    let all = rows.visualRows.map { Int(rows.visualIndices[$0]) }
    entries.append(Array(repeating: all, count: heads))
  }

  mutating func didRetain(layer: Int, kept: [[Int]], rows: TokenRows) {
    entries[layer] = kept.map { list in list.map { Int(rows.visualIndices[$0]) }.filter { $0 >= 0 } }
  }
}
