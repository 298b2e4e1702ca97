import Compute
import Inference
import Models

/// An embedded prompt, kept in a store.
struct KeptPrompt {
  private let rows: KeptRows
  private let deepFeatures:
    (features: KeptMatrix, layers: [Int], separators: [Int32], separator: WeightVector?)?
  private let layerInputs: KeptMatrix?
  private let layerPositions: [Int32]
  private let grids: [ImageGrid]
  private let imageStarts: [Int]

  init(_ prompt: PromptRows, in store: MatrixStore) throws {
    rows = try KeptRows(prompt.rows, in: store)
    let additions = prompt.rows.additions
    deepFeatures = try additions.deepFeatures.map {
      (try store.keep($0.features), $0.layers, $0.separators, $0.separator)
    }
    layerInputs = try additions.layerInputs.map { try store.keep($0.rows) }
    layerPositions = additions.layerInputs?.positions ?? []
    (grids, imageStarts) = (prompt.grids, prompt.imageStarts)
  }

  /// Bytes of its rows.
  var byteCount: Int {
    rows.byteCount + (deepFeatures?.features.byteCount ?? 0) + (layerInputs?.byteCount ?? 0)
  }

  /// The prompt, which a run must copy before it works on it.
  func load() throws -> PromptRows {
    let additions = TokenAdditions(
      deepFeatures: try deepFeatures.map {
        DeepFeatures(
          features: try $0.features.load(), layers: $0.layers, separators: $0.separators,
          separator: $0.separator)
      },
      layerInputs: try layerInputs.map { LayerInputs(rows: try $0.load(), positions: layerPositions) })
    return PromptRows(rows: try rows.load().with(additions), grids: grids, imageStarts: imageStarts)
  }
}
