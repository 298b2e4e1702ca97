import Compute
import Plan

/// Memory for what a tower's layers compute on the way.
///
/// All that is done to a row alone is done to a block of rows at a time, on one thread: what the FFN makes of a block is
/// small enough to stay in a processor's own cache until it is read again.
struct VisionWorkspace {
  let fused: MatrixView  // [rows x 3 width]
  let attended: MatrixView  // [rows x width]
  let panels: KeyValuePanels?  // keys and values of one segment, where they are rounded
  private let blocks: VisionBlock  // of all threads, one after the other
  private let blockRows: Int

  /// - Parameters:
  ///   - longest: rows of the longest segment.
  ///   - threads: threads that will work on blocks at the same time; nil where all rows are to be one block.
  init(_ model: VisionModel, rows: Int, longest: Int, isReducedPrecision: Bool, threads: Int?) {
    panels =
      isReducedPrecision
      ? KeyValuePanels(heads: model.heads, headWidth: model.width / model.heads, capacity: longest) : nil
    fused = MatrixView(rows: rows, columns: 3 * model.width)
    attended = MatrixView(rows: rows, columns: model.width)
    blockRows = threads.map { Self.blockRows(model, rows: rows, threads: $0) } ?? rows
    blocks = VisionBlock(model, rows: min(rows, blockRows * (threads ?? 1)))
  }

  /// The same memory for the first rows alone.
  subscript(rows count: Int) -> VisionWorkspace { VisionWorkspace(self, rows: count) }

  private init(_ whole: VisionWorkspace, rows: Int) {
    panels = whole.panels
    fused = whole.fused[rows: 0..<rows]
    attended = whole.attended[rows: 0..<rows]
    blocks = whole.blocks
    blockRows = whole.blockRows
  }

  /// Rows that go through an FFN together: a multiple of the kernels' largest tile, or all of them where they are too few
  /// to go round. Results are the same either way.
  private static func blockRows(_ model: VisionModel, rows: Int, threads: Int) -> Int {
    let rowBytes = 4 * (model.gatedFeedForward ? 2 : 1) * model.feedForwardWidth
    let size = min(96, max(24, cacheBytes / rowBytes / 12 * 12))
    return rows >= 2 * size * threads ? size : rows
  }

  /// What a block's neurons may take of a second-level cache.
  private static let cacheBytes = 768 << 10

  /// Calls `body` with ranges of rows that together are all, memory for as many, and the workers to use.
  func forEachBlock(_ workers: Workers, _ body: (Range<Int>, VisionBlock, Workers) -> Void) {
    let rows = fused.rows
    guard blockRows < rows else { return body(0..<rows, blocks[0..<rows], workers) }
    precondition(workers.count * blockRows <= blocks.rows, "memory for fewer threads")
    workers.inBlocks(rows, of: blockRows) { range, slot, workers in
      body(range, blocks[slot * blockRows..<slot * blockRows + range.count], workers)
    }
  }
}
