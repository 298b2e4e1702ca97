import Compute
import Models

/// Keys and values of a prompt that was read, with all that reading on behind it takes.
struct CachedPrompt: ~Copyable {
  /// Keys and values by layer.
  private(set) var cache = KeyValueCache()
  /// Number of the visual token of each cached row by layer, -1 for text. Empty where entries have been freed, as heads
  /// then hold different ones.
  private(set) var visualIndices: [[Int32]] = []
  /// Number of the first visual token of each picture.
  let imageStarts: [Int]
  /// Position of the next token.
  private(set) var nextPosition: Int
  /// Tokens of the unpruned prompt.
  private(set) var length: Int
  /// Visual tokens that outlive token pruning.
  var visualKept = 0

  /// Visual tokens of the unpruned prompt.
  let visual: Int

  init(imageStarts: [Int], nextPosition: Int, length: Int, visual: Int) {
    self.imageStarts = imageStarts
    self.visual = visual
    self.nextPosition = nextPosition
    self.length = length
  }

  /// The same prompt without its last tokens, which must all be text, with memory of its own. Nothing may have been freed.
  ///
  /// An answer that grows on this very cache is no part of the copy.
  func copy(forgetting count: Int) -> CachedPrompt {
    precondition(visualIndices.count == cache.layers.count)
    var copy = CachedPrompt(
      imageStarts: imageStarts, nextPosition: nextPosition, length: length, visual: visual)
    copy.cache = KeyValueCache(
      layers: zip(cache.layers, visualIndices).map { $0.copy(first: $1.count) })
    copy.visualIndices = visualIndices
    copy.visualKept = visualKept
    copy.forget(last: count)
    return copy
  }

  /// Takes over the next layer.
  mutating func append(_ layer: any LayerMemory, visualIndices: [Int32]) {
    cache.append(layer)
    self.visualIndices.append(visualIndices)
  }

  /// Goes on with a cache of the same prompt from which entries have been freed.
  mutating func replace(by freed: KeyValueCache) {
    cache = freed
    visualIndices = []
  }

  /// Makes room for `count` more tokens.
  func reserve(_ count: Int) { for layer in cache.layers { layer.reserve(count) } }

  /// Takes in `count` tokens of text that were run behind the prompt, on this very cache.
  mutating func didRead(_ count: Int) {
    let text = Array(repeating: Int32(-1), count: count)
    for layer in visualIndices.indices { visualIndices[layer] += text }
    nextPosition += count
    length += count
  }

  /// The least number of last tokens, no less than `count`, that all layers can forget.
  func forgettable(_ count: Int) -> Int {
    cache.layers.reduce(count) { max($0, $1.count - $1.returnPoint(atMost: $1.count - $0)) }
  }

  /// Forgets the last tokens, which must all be text, and which all layers must be able to forget.
  mutating func forget(last count: Int) {
    cache.forget(last: count)
    for layer in visualIndices.indices { visualIndices[layer].removeLast(count) }
    nextPosition -= count
    length -= count
  }
}

extension Context {
  /// Reads on behind a cached prompt: text only, which no stage of a schedule makes less of.
  ///
  /// `prompt` holds the text as well afterwards. With a `schedule` that frees entries, the result has a cache of its own
  /// with those that this text asks for, chosen from all that `prompt` holds; without one it goes on with `prompt`'s.
  func prefill(
    _ tokens: [Int32], behind prompt: inout CachedPrompt, freeingBy schedule: Schedule?, reserve: Int
  ) throws(InferenceError) -> PrefillResult {
    var clock = StageClock()
    let selector = schedule.flatMap { entrySelector($0) }
    let watched = selector == nil ? 0 : min(tokens.count, selector?.watchedRows ?? 0)
    var attentions: [MatrixView?] = []
    prompt.reserve(tokens.count + reserve)
    let rows = try read(
      tokens, at: prompt.nextPosition, cache: prompt.cache, watched: watched,
      willRun: { () throws(InferenceError) in try pause() }
    ) { _, attention, _ in attentions.append(attention) }
    prompt.didRead(tokens.count)
    prompt.cache.save()
    var cache = prompt.cache
    if let selector {
      cache = clock.measure {
        KeyValueCache(
          layers: attentions.indices.map { layer in
            retained(
              selector, layer: layer, attentions[layer], visualIndices: prompt.visualIndices[layer],
              imageStarts: prompt.imageStarts, reserve: reserve, of: prompt.cache.layers[layer])
          })
      }
    }
    return PrefillResult(
      cache: cache, rows: rows, nextPosition: prompt.nextPosition, length: prompt.length,
      visual: prompt.visual,
      counts: PruningCounts(cache, visualKept: prompt.visualKept, selectionSeconds: clock.seconds),
      whole: nil)
  }
}
