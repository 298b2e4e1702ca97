public import Compute
public import Plan

/// A vision transformer: patches, perhaps a class token, positions, then pre-norm layers.
///
/// CLIP, SigLIP, InternViT and Qwen's towers are settings of it. Only the layers up to the last one whose output is
/// read are stored and run.
public struct VisionTower: Sendable {
  private let model: VisionModel
  private let patchEmbedding: WeightMatrix
  private let patchBias: WeightVector
  private let classEmbedding: WeightVector?
  private let positionEmbedding: WeightMatrix?
  private let frequencies: [Float]
  private let inputNorm: VisionNorm?
  private let layers: [VisionLayer]
  private let outputNorm: VisionNorm?

  /// Binds the tower's tensors.
  public init(_ model: VisionModel, weights: some ModelWeights) throws(ModelError) {
    self.model = model
    let width = model.width
    patchEmbedding = try weights.matrix("vision/patch_embedding", rows: width, columns: model.patchElements)
    patchBias = try weights.vector("vision/patch_bias", count: width)
    classEmbedding = model.classToken ? try weights.vector("vision/class_embedding", count: width) : nil
    positionEmbedding =
      model.positions == .learned
      ? try weights.matrix("vision/position_embedding", rows: model.rows, columns: width) : nil
    frequencies =
      model.positions == .rotary
      ? try weights.vector("vision/rope_inverse_frequencies", count: width / model.heads / 4).elements : []
    inputNorm =
      model.inputNorm
      ? try VisionNorm(
        model.norm, "vision/input_norm", width: width, epsilon: model.normEpsilon, weights: weights) : nil
    var layers: [VisionLayer] = []
    for layer in 0..<model.layers { layers.append(try VisionLayer(model, layer: layer, weights: weights)) }
    self.layers = layers
    outputNorm =
      model.outputNorm
      ? try VisionNorm(
        .layerNorm, "vision/output_norm", width: width, epsilon: model.normEpsilon, weights: weights) : nil
  }

  /// Features of one picture or tile: `[tokens x featureWidth]`, in raster order, a class token that is kept first.
  ///
  /// `pixels` is `[height x width x 3]` bytes of whole patches (a tower of a fixed size: of that size);
  /// normalisation is part of the embedding. `willRunLayer` is called before each layer and may throw to stop.
  public func encode<Failure: Error>(
    pixels: [UInt8], height: Int, width: Int, _ workers: Workers, willRunLayer: () throws(Failure) -> Void
  ) throws(Failure) -> MatrixView {
    let grid = PatchGrid(rows: height / model.patchSize, columns: width / model.patchSize)
    precondition(model.imageSize == 0 || (height == model.imageSize && width == model.imageSize))
    let windows = grid.windows(side: model.window)
    let hidden = embed(pixels, width: width, grid, order: windows.order, workers)  // [rows x width]
    inputNorm?.apply(hidden, into: hidden, workers)
    let rotation =
      model.positions == .rotary
      ? PatchRotation(frequencies: frequencies, order: windows.order, grid: grid) : nil
    let workspace = VisionWorkspace(
      model, rows: hidden.rows, isReducedPrecision: layers.first?.attention.isReducedPrecision ?? false)
    let first = model.dropsFirstToken ? 1 : 0
    let features = MatrixView(rows: hidden.rows - first, columns: model.featureWidth)
    copyFeatures(hidden, boundary: 0, first: first, into: features)
    for (index, layer) in layers.enumerated() {
      try willRunLayer()
      let isFull = windows.segments.count < 2 || model.fullAttentionLayers.contains(index)
      layer.forward(
        hidden, segments: isFull ? [0..<hidden.rows] : windows.segments, rotation: rotation, workspace,
        workers)
      if index + 1 == layers.count { outputNorm?.apply(hidden, into: hidden, workers) }
      copyFeatures(hidden, boundary: index + 1, first: first, into: features)
    }
    return windows.segments.count < 2 ? features : inRasterOrder(features, windows.order)
  }

  /// The same without an end before the end.
  public func encode(pixels: [UInt8], height: Int, width: Int, _ workers: Workers) -> MatrixView {
    encode(pixels: pixels, height: height, width: width, workers) {}
  }

  private func copyFeatures(_ hidden: MatrixView, boundary: Int, first: Int, into features: MatrixView) {
    for (place, layer) in model.featureLayers.enumerated() where layer == boundary {
      features[columns: place * model.width..<(place + 1) * model.width]
        .copy(from: hidden[rows: first..<hidden.rows])
    }
  }

  private func inRasterOrder(_ rows: MatrixView, _ order: [Int]) -> MatrixView {
    let result = MatrixView(rows: rows.rows, columns: rows.columns)
    for (row, patch) in order.enumerated() {
      result[rows: patch..<patch + 1].copy(from: rows[rows: row..<row + 1])
    }
    return result
  }

  /// Patches in the given order behind the class token, with their learned positions.
  private func embed(
    _ pixels: [UInt8], width: Int, _ grid: PatchGrid, order: [Int], _ workers: Workers
  ) -> MatrixView {
    let extra = model.classToken ? 1 : 0
    let hidden = MatrixView(rows: grid.count + extra, columns: model.width)
    let tokens = hidden[rows: extra..<hidden.rows]
    patchEmbedding.multiply(patchRows(pixels, width: width, grid, order: order), into: tokens, workers)
    tokens.add(patchBias, workers)
    if let classEmbedding { hidden[rows: 0..<1].add(classEmbedding) }
    guard let positionEmbedding else { return hidden }
    let position = MatrixView(rows: 1, columns: model.width)
    for row in 0..<hidden.rows {
      positionEmbedding.copyRow(row < extra ? row : order[row - extra] + extra, into: position, row: 0)
      hidden[rows: row..<row + 1].add(position)
    }
    return hidden
  }

  /// Patches, each a row of channel, then row, then column: `[patches x 3 p^2]`.
  private func patchRows(_ pixels: [UInt8], width: Int, _ grid: PatchGrid, order: [Int]) -> MatrixView {
    let side = model.patchSize
    precondition(pixels.count >= grid.rows * side * width * 3)
    let result = MatrixView(rows: grid.count, columns: model.patchElements)
    for (index, patch) in order.enumerated() {
      let (gridRow, gridColumn) = patch.quotientAndRemainder(dividingBy: grid.columns)
      result.withRow(index) { row in
        for y in 0..<side {
          for x in 0..<side {
            let source = ((gridRow * side + y) * width + gridColumn * side + x) * 3
            for channel in 0..<3 { row[(channel * side + y) * side + x] = Float(pixels[source + channel]) }
          }
        }
      }
    }
    return result
  }
}
