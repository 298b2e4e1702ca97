public import Compute
public import Models
import Plan

/// A sequence being decoded: its cache, and the logits of its last token.
public struct DecodeState: ~Copyable {
  /// Keys and values so far.
  public let cache: KeyValueCache
  /// Position of the next token.
  public private(set) var position: Int
  /// Tokens so far: those of the unpruned prompt, and those that were run behind it.
  public private(set) var length: Int
  /// Logits of the last token, `[1 x vocabulary]`.
  public let logits: MatrixView

  init(cache: KeyValueCache, position: Int, length: Int, vocabulary: Int) {
    self.cache = cache
    self.position = position
    self.length = length
    cache.save()
    logits = MatrixView(rows: 1, columns: vocabulary)
  }

  /// Takes in that a token was run, and what follows it.
  mutating func didRun() {
    position += 1
    length += 1
  }

  /// The same place in the sequence with another cache of it and logits of its own.
  public func replacing(_ other: KeyValueCache) -> DecodeState {
    let result = DecodeState(
      cache: other, position: position, length: length, vocabulary: logits.columns)
    result.logits.copy(from: logits)
    return result
  }

  /// Forgets the last tokens that were run, up to a place that the cache can come back to; `logits` stay those of the last
  /// one.
  public mutating func forget(last count: Int) {
    cache.forget(last: count)
    position -= count
    length -= count
  }
}

extension Context {
  /// Starts decoding after a prefill, whose last row gives the first logits.
  public func startDecoding(_ prefill: consuming PrefillResult) -> DecodeState {
    let state = DecodeState(
      cache: prefill.cache, position: prefill.nextPosition, length: prefill.length,
      vocabulary: model.text.vocabulary)
    let last = prefill.rows.count - 1
    model.decoder.logits(
      of: prefill.rows.hidden[rows: last..<last + 1], into: state.logits, workspace, workers)
    return state
  }

  /// Runs one token through all layers; `state.logits` then predict the next.
  public func decode(_ token: Int32, _ state: inout DecodeState) {
    step.removeAll()
    model.decoder.append(token, at: state.position, state.cache, to: step)
    runStep(into: state.logits)
    state.didRun()
  }

  /// Runs what `step` has taken in, through all layers; logits of each row in return.
  func runStep(into logits: MatrixView) {
    workspace.reserve(rows: step.count, positions: step.positionCount)
    model.decoder.run(step, workspace, workers)
    model.decoder.logits(of: step.hidden, into: logits, rowByRow: true, workspace, workers)
  }
}
