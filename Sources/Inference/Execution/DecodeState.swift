public import Compute
public import Models
import Plan

/// A sequence being decoded: its cache and the memory of one step, so that a step allocates nothing.
public struct DecodeState: ~Copyable {
  /// Keys and values so far.
  public let cache: KeyValueCache
  /// Position of the next token.
  public private(set) var position: Int
  /// Tokens so far: those of the unpruned prompt, and those that were run behind it.
  public private(set) var length: Int
  /// Logits of the last token, `[1 x vocabulary]`.
  public let logits: MatrixView
  private let step: TokenRows

  init(cache: KeyValueCache, position: Int, length: Int, width: Int, vocabulary: Int) {
    self.cache = cache
    self.position = position
    self.length = length
    logits = MatrixView(rows: 1, columns: vocabulary)
    step = TokenRows(
      hidden: MatrixView(rows: 1, columns: width), positions: [RotaryPosition(0)], visualIndices: [-1])
  }

  fileprivate mutating func advance(_ token: Int32, _ context: Context) {
    let decoder = context.model.decoder
    decoder.embed(token, into: step.hidden, row: 0)
    step.movePosition(to: position)
    for layer in 0..<cache.layers.count {
      decoder.forward(layer: layer, step, cache: cache.layers[layer], context.workspace, context.workers)
    }
    decoder.logits(of: step.hidden, into: logits, context.workspace, context.workers)
    position += 1
    length += 1
  }

  /// The same place in the sequence with another cache of it and logits of its own.
  public func replacing(_ other: KeyValueCache) -> DecodeState {
    let result = DecodeState(
      cache: other, position: position, length: length, width: step.hidden.columns,
      vocabulary: logits.columns)
    result.logits.copy(from: logits)
    return result
  }

  /// Forgets the last tokens that were run; `logits` stay those of the last one.
  public mutating func forget(last count: Int) {
    for layer in cache.layers { layer.truncate(to: layer.count - count) }
    position -= count
    length -= count
  }
}

extension Context {
  /// Starts decoding after a prefill, whose last row gives the first logits.
  public func startDecoding(_ prefill: consuming PrefillResult) -> DecodeState {
    let state = DecodeState(
      cache: prefill.cache, position: prefill.nextPosition, length: prefill.length,
      width: model.text.width, vocabulary: model.text.vocabulary)
    let last = prefill.rows.count - 1
    model.decoder.logits(
      of: prefill.rows.hidden[rows: last..<last + 1], into: state.logits, workspace, workers)
    return state
  }

  /// Runs one token through all layers; `state.logits` then predict the next.
  public func decode(_ token: Int32, _ state: inout DecodeState) {
    workspace.reserve(rows: 1, positions: state.position + 1)
    state.advance(token, self)
  }
}
