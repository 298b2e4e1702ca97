import Compute
import Plan

/// The part of a decoder layer by which tokens see each other.
enum Mixer: Sendable {
  case attention(SelfAttention)
  case convolution(ShortConvolution)

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    self =
      model.convolutionLayers.contains(layer)
      ? .convolution(try ShortConvolution(model, layer: layer, weights: weights))
      : .attention(try SelfAttention(model, layer: layer, weights: weights))
  }
}
