import Compute
public import Models
import PlanFormat

/// Keys and values of a prompt that was read, with all that reading on behind it takes.
public struct CachedPrompt: Sendable {
  /// Keys and values by layer.
  public internal(set) var cache = KeyValueCache(layers: [])
  /// Number of the visual token of each cached row by layer, -1 for text. Empty where entries have been freed, as heads
  /// then hold different ones.
  var visualIndices: [[Int32]] = []
  /// Number of the first visual token of each picture.
  let imageStarts: [Int]
  /// Position of the next token.
  var nextPosition: Int
  /// Visual tokens that the layers after the prune layer saw.
  private(set) var visualKept = 0

  init(imageStarts: [Int], nextPosition: Int) {
    self.imageStarts = imageStarts
    self.nextPosition = nextPosition
  }

  mutating func append(_ layer: LayerCache, visualIndices: [Int32]) {
    cache.layers.append(layer)
    visualKept = layer.visualCount
    self.visualIndices.append(visualIndices)
  }

  /// Goes on with a cache of the same prompt from which entries have been freed.
  mutating func replace(by freed: KeyValueCache) {
    cache = freed
    visualIndices = []
  }

  /// Takes in `count` tokens that were decoded behind the prompt.
  mutating func didDecode(_ count: Int, _ state: DecodeState) {
    cache = state.cache
    let text = Array(repeating: Int32(-1), count: count)
    for layer in visualIndices.indices { visualIndices[layer] += text }
    nextPosition = state.position
  }

  /// Forgets the last tokens, which must all be text.
  mutating func forget(last count: Int) {
    for layer in cache.layers.indices { cache.layers[layer].truncate(to: cache.layers[layer].count - count) }
    for layer in visualIndices.indices { visualIndices[layer].removeLast(count) }
    nextPosition -= count
  }
}

extension Engine {
  /// Reads on behind a cached prompt: text only, which no stage of a schedule makes less of.
  ///
  /// `prompt` holds the text as well afterwards. With a `schedule` that frees entries, the result's cache has those that
  /// this text asks for, chosen from all that `prompt` holds; without one it is just `prompt`'s.
  public func prefill(
    _ tokens: [Int32], behind prompt: inout CachedPrompt, freeingBy schedule: Schedule?, reserve: Int
  ) -> PrefillResult {
    var clock = StageClock()
    let selector = schedule.flatMap { entrySelector($0) }
    let watched = selector == nil ? 0 : min(tokens.count, schedule?.watchedRows ?? 0)
    var attentions: [Matrix] = []
    for layer in prompt.cache.layers.indices { prompt.cache.layers[layer].reserve(tokens.count + reserve) }
    let rows = read(tokens, at: prompt.nextPosition, cache: &prompt.cache, watched: watched) {
      _, attention, _ in
      if let attention { attentions.append(attention) }
    }
    let text = Array(repeating: Int32(-1), count: tokens.count)
    for layer in prompt.visualIndices.indices { prompt.visualIndices[layer] += text }
    prompt.nextPosition += tokens.count
    var cache = prompt.cache
    if let selector {
      clock.measure {
        for layer in attentions.indices {
          retain(
            selector, layer: layer, attentions[layer], visualIndices: prompt.visualIndices[layer],
            imageStarts: prompt.imageStarts, reserve: reserve, &cache.layers[layer])
        }
      }
    }
    return PrefillResult(
      cache: cache, rows: rows, nextPosition: prompt.nextPosition, visualKept: prompt.visualKept,
      selectionSeconds: clock.seconds, whole: nil)
  }

  /// Runs known text through all layers behind what `cache` holds, and appends it; returns its rows after the last layer.
  ///
  /// `body` sees each layer's attention of the last `watched` tokens, `[(watched * H) x keys]`.
  func read(
    _ tokens: [Int32], at first: Int, cache: inout KeyValueCache, watched: Int,
    _ body: (_ layer: Int, _ attention: Matrix?, _ rows: TokenRows) -> Void
  ) -> TokenRows {
    workspace.reserve(rows: tokens.count, positions: first + tokens.count)
    let hidden = Matrix(rows: tokens.count, columns: model.text.width)
    for (row, token) in tokens.enumerated() { decoder.embed(token, into: hidden, row: row) }
    let rows = TokenRows(
      hidden: hidden, positions: tokens.indices.map { RotaryPosition(first + $0) },
      visualIndices: Array(repeating: -1, count: tokens.count))
    for layer in cache.layers.indices {
      let attention = decoder.forward(
        layer: layer, rows, cache: &cache.layers[layer], watched: watched, workspace, workers)
      body(layer, attention, rows)
    }
    return rows
  }
}
