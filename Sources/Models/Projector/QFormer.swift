import Compute
import Plan

/// A querying transformer that makes tokens of windows of patches.
struct QFormer: Sendable {
  private let window: Int
  /// 0 for the mean of a token's patches, 1 to 4 for one of them.
  private let start: Int
  private let queries: WeightMatrix
  private let positions: WeightMatrix
  private let norm: VisionNorm
  private let layers: [QFormerLayer]

  /// Binds the tensors of the projector at a place: 0, then those for deep layers.
  init(
    _ model: QFormerModel, place: Int, width: Int, weights: some ModelWeights, _ name: (String) -> String
  ) throws(ModelError) {
    window = model.window
    start = model.starts[place]
    queries = try weights.matrix(name("qformer/queries"), rows: model.tokens, columns: width)
    positions = try weights.matrix(name("qformer/positions"), rows: model.patches, columns: width)
    norm = try VisionNorm(
      .layerNorm, name("qformer/norm"), width: width, epsilon: model.normEpsilon, weights: weights)
    var layers: [QFormerLayer] = []
    for layer in 0..<model.layers {
      layers.append(
        try QFormerLayer(model, width: width, weights: weights) { name(QFormerModel.layerWeight(layer, $0)) })
    }
    self.layers = layers
  }

  /// A token for each group of patches that is there, group after group in raster order, `[groups x width]`; and the groups.
  func tokens(of features: TowerFeatures, _ workers: Workers) -> (rows: MatrixView, groups: [Int]) {
    let windows = QFormerWindows(features, side: window)
    let (started, groups) =
      start == 0
      ? features.pooled(by: QFormerModel.merge) : features.picked(start - 1, by: QFormerModel.merge)
    var rowOfGroup = Array(repeating: 0, count: (groups.last ?? -1) + 1)
    for (row, group) in groups.enumerated() { rowOfGroup[group] = row }
    let order = windows.groups.map { rowOfGroup[$0] }

    let tokens = MatrixView(rows: order.count, columns: started.columns)
    tokens.gather(rows: order, from: started)
    queries.addRows(windows.tokenPlaces, to: tokens)
    let patches = MatrixView(rows: windows.patchRows.count, columns: started.columns)
    patches.gather(rows: windows.patchRows, from: features.rows)
    positions.addRows(windows.patchPlaces, to: patches)

    norm.apply(tokens, into: tokens, workers)
    for layer in layers { layer.forward(tokens, patches, windows, workers) }
    for (row, place) in order.enumerated() {
      started[rows: place..<place + 1].copy(from: tokens[rows: row..<row + 1])
    }
    return (started, groups)
  }
}

extension WeightMatrix {
  /// Adds a row of these to each row of `rows`: the one of its place.
  fileprivate func addRows(_ places: [Int], to rows: MatrixView) {
    let own = MatrixView(rows: 1, columns: columns)
    for (row, place) in places.enumerated() {
      copyRow(place, into: own, row: 0)
      rows[rows: row..<row + 1].add(own)
    }
  }
}
