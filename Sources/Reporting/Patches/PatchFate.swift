public import Inference
import Models
public import Plan

/// What became of each visual token of one prompt at one operating point.
public struct PatchFate: Equatable, Sendable {
  /// Whether the token enters the decoder at all, by its number within the whole prompt.
  public let isEntered: [Bool]
  /// Whether the token outlives token pruning, by its number within the prompt.
  public let isKept: [Bool]
  /// Tokens whose entry is in the cache at the end of prefill, ascending: `[layers][KV heads]`.
  public let entries: [[[Int]]]

  /// Prefills a prompt at a point and watches what its stages drop.
  public init(of prompt: PromptRows, at settings: PruningSettings, in context: Context) throws {
    var watch = PatchWatch(heads: context.model.text.keyValueHeads)
    let result = try context.prefill(
      prompt.copy(), schedule: try context.model.schedule(settings), observer: &watch)
    self = watch.fate(of: result)
  }

  fileprivate init(isEntered: [Bool]? = nil, isKept: [Bool], entries: [[[Int]]]) {
    self.isEntered = isEntered ?? isKept.map { _ in true }
    self.isKept = isKept
    self.entries = entries
  }

  /// The same in a prompt with the tokens that never entered it: `numbers` are those that the others have there.
  func placed(at numbers: [Int], of count: Int) -> PatchFate {
    if numbers.count == count { return self }
    var isEntered = Array(repeating: false, count: count)
    var isThere = isEntered
    for (token, number) in numbers.enumerated() {
      isEntered[number] = true
      isThere[number] = isKept[token]
    }
    return PatchFate(
      isEntered: isEntered, isKept: isThere,
      entries: entries.map { heads in heads.map { list in list.map { numbers[$0] } } })
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
struct PatchWatch: Observer {
  private let heads: Int
  private var entries: [[[Int]]] = []
  /// Visual tokens of the last layer that has any.
  private var last: [Int] = []

  /// A watch over a model with that many KV heads.
  init(heads: Int) { self.heads = heads }

  mutating func willRun(layer: Int, rows: TokenRows) {
    let all = rows.visualRows.map { Int(rows.visualIndices[$0]) }
    if !all.isEmpty { last = all }
    entries.append(Array(repeating: all, count: heads))
  }

  mutating func didRetain(layer: Int, kept: [[Int]], rows: TokenRows) {
    entries[layer] = kept.map { list in list.map { Int(rows.visualIndices[$0]) }.filter { $0 >= 0 } }
  }

  /// What became of the tokens of the prompt that was watched.
  func fate(of result: borrowing PrefillResult) -> PatchFate {
    // Behind a horizon no layer has any: the last layer that has tells what outlives token pruning.
    var isKept = Array(repeating: false, count: result.visual)
    let left = result.rows.visualIndices.filter { $0 >= 0 }.map(Int.init)
    for token in left.isEmpty ? last : left { isKept[token] = true }
    return PatchFate(isKept: isKept, entries: entries)
  }
}
