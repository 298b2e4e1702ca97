import Inference
import Models

/// An embedded prompt, kept in a store.
struct KeptPrompt {
  private let rows: KeptRows
  private let deepFeatures: KeptMatrix?
  private let grids: [ImageGrid]
  private let imageStarts: [Int]

  init(_ prompt: PromptRows, in store: MatrixStore) throws {
    rows = try KeptRows(prompt.rows, in: store)
    deepFeatures = try prompt.rows.deepFeatures.map { try store.keep($0) }
    (grids, imageStarts) = (prompt.grids, prompt.imageStarts)
  }

  /// Bytes of its rows.
  var byteCount: Int { rows.byteCount + (deepFeatures?.byteCount ?? 0) }

  /// The prompt, which a run must copy before it works on it.
  func load() throws -> PromptRows {
    let rows = try rows.load()
    guard let deepFeatures else { return PromptRows(rows: rows, grids: grids, imageStarts: imageStarts) }
    return PromptRows(
      rows: rows.with(deepFeatures: try deepFeatures.load()), grids: grids, imageStarts: imageStarts)
  }
}
