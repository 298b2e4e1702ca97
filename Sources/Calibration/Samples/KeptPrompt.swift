import Inference

/// An embedded prompt, kept in a store.
struct KeptPrompt {
  private let rows: KeptRows
  private let grids: [ImageGrid]
  private let imageStarts: [Int]

  init(_ prompt: PromptRows, in store: MatrixStore) throws {
    rows = try KeptRows(prompt.rows, in: store)
    (grids, imageStarts) = (prompt.grids, prompt.imageStarts)
  }

  /// Bytes of its rows.
  var byteCount: Int { rows.byteCount }

  /// The prompt, which a run must copy before it works on it.
  func load() throws -> PromptRows {
    PromptRows(rows: try rows.load(), grids: grids, imageStarts: imageStarts)
  }
}
