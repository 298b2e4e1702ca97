import Compute
import Plan

/// The part of a decoder layer by which tokens see each other.
enum Mixer: Sendable {
  case attention(SelfAttention)
  case convolution(ShortConvolution)
  case delta(GatedDelta)

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    if model.convolutionLayers.contains(layer) {
      self = .convolution(try ShortConvolution(model, layer: layer, weights: weights))
    } else if model.deltaLayers.contains(layer) {
      self = .delta(try GatedDelta(model, layer: layer, weights: weights))
    } else {
      self = .attention(try SelfAttention(model, layer: layer, weights: weights))
    }
  }
}
