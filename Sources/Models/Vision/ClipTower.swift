public import Compute
public import PlanFormat

/// CLIP's vision transformer: patches and a class token, learned positions, a norm, then pre-norm layers.
///
/// Only the layers up to the one whose output is read are stored and run.
public struct ClipTower: Sendable {
  private let model: VisionModel
  private let patchEmbedding: WeightMatrix
  private let patchBias: WeightVector
  private let classEmbedding: WeightVector
  private let positionEmbedding: WeightMatrix
  private let inputNorm: WeightVector
  private let inputNormBias: WeightVector
  private let layers: [VisionLayer]

  /// Binds the tower's tensors.
  public init(_ model: VisionModel, weights: some ModelWeights) throws(ModelError) {
    self.model = model
    let width = model.width
    patchEmbedding = try weights.matrix("vision/patch_embedding", rows: width, columns: model.patchElements)
    patchBias = try weights.vector("vision/patch_bias", count: width)
    classEmbedding = try weights.vector("vision/class_embedding", count: width)
    positionEmbedding = try weights.matrix("vision/position_embedding", rows: model.positions, columns: width)
    inputNorm = try weights.vector("vision/input_norm", count: width)
    inputNormBias = try weights.vector("vision/input_norm_bias", count: width)
    var layers: [VisionLayer] = []
    for layer in 0..<model.layers { layers.append(try VisionLayer(model, layer: layer, weights: weights)) }
    self.layers = layers
  }

  /// Features of one image: `[tokensPerImage x width]`.
  ///
  /// `pixels` is the cropped picture, `[imageSize x imageSize x 3]` bytes; normalisation is part of the embedding.
  public func encode(pixels: [UInt8], _ workers: Workers) -> Matrix {
    let hidden = embed(pixels, workers)  // [positions x width]
    hidden.layerNorm(inputNorm, inputNormBias, epsilon: Float(model.normEpsilon), into: hidden)
    let workspace = VisionLayer.Workspace(model)
    for layer in layers { layer.forward(hidden, workspace, workers) }
    return model.dropsClassToken ? hidden[rows: 1..<hidden.rows] : hidden
  }

  /// Patches, class token and positions: `[positions x width]`.
  private func embed(_ pixels: [UInt8], _ workers: Workers) -> Matrix {
    let patches = patchRows(pixels)  // [grid^2 x 3 p^2]
    let hidden = Matrix(rows: model.positions, columns: model.width)
    let tokens = hidden[rows: 1..<hidden.rows]
    patchEmbedding.multiply(patches, into: tokens, workers)
    tokens.add(patchBias)
    hidden[rows: 0..<1].add(classEmbedding)
    let positions = Matrix(rows: 1, columns: model.width)
    for row in 0..<hidden.rows {
      positionEmbedding.copyRow(row, into: positions, row: 0)
      hidden[rows: row..<row + 1].add(positions)
    }
    return hidden
  }

  /// Patches in raster order, each a row of channel, then row, then column.
  private func patchRows(_ pixels: [UInt8]) -> Matrix {
    let side = model.patchSize
    let size = model.imageSize
    precondition(pixels.count == size * size * 3)
    let result = Matrix(rows: model.grid * model.grid, columns: model.patchElements)
    for patch in 0..<result.rows {
      let top = patch / model.grid * side
      let left = patch % model.grid * side
      result.withRow(patch) { row in
        for y in 0..<side {
          for x in 0..<side {
            let source = ((top + y) * size + left + x) * 3
            for channel in 0..<3 { row[(channel * side + y) * side + x] = Float(pixels[source + channel]) }
          }
        }
      }
    }
    return result
  }
}
