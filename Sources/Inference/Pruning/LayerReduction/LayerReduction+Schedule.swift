import Models
import Plan

extension LayerReduction {
  /// What a layer with fewer neurons is told.
  var neuronReduction: NeuronReduction {
    switch neurons {
    case .probed: .probed(NeuronProbe(neuronShare: neuronShare, probeShare: probeShare))
    case .leading: .leading(share: neuronShare)
    }
  }

  /// Tells each layer what it does differently (section 2 of the methods).
  func schedule(_ layers: inout [LayerSchedule]) {
    for layer in feedForwardLayers { layers[layer].neurons = neuronReduction }
    for layer in attentionLayers { layers[layer].attentionWindow = attentionWindow }
  }
}
