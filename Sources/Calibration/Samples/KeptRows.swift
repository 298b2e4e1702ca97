import Compute
import Inference
import Models

/// The rows of a run, kept in a store.
struct KeptRows {
  private let hidden: KeptMatrix
  private let positions: [RotaryPosition]
  private let visualIndices: [Int32]
  private let scoreOffsets: [Float]
  private let answerCount: Int

  init(_ rows: TokenRows, in store: MatrixStore) throws {
    hidden = try store.keep(rows.hidden)
    answerCount = rows.answerCount
    (positions, visualIndices, scoreOffsets) = (rows.positions, rows.visualIndices, rows.scoreOffsets)
  }

  /// Bytes of the rows.
  var byteCount: Int { hidden.byteCount }

  /// The rows, which a run must copy before it works on them.
  func load() throws -> TokenRows {
    TokenRows(
      hidden: try hidden.load(), positions: positions, visualIndices: visualIndices,
      scoreOffsets: scoreOffsets, answerCount: answerCount)
  }
}
