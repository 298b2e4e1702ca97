import Figures
import Plan

extension LayerReduction: MethodWords {
  var summary: [String] {
    var parts: [String] = []
    if !feedForwardLayers.isEmpty {
      parts.append("\(Figure(neuronShare, .share)) of neurons in \(feedForwardLayers.count) layers")
    }
    if !attentionLayers.isEmpty {
      parts.append("window \(attentionWindow) in \(attentionLayers.count) layers")
    }
    return parts
  }

  var explanation: [String] {
    func layers(_ count: Int) -> String { "\(count) \(count == 1 ? "layer" : "layers")" }
    var parts: [String] = []
    if !feedForwardLayers.isEmpty {
      parts.append(
        "works with \(Figure(neuronShare, .share)) of the neurons on visual tokens in \(layers(feedForwardLayers.count))"
      )
    }
    if !attentionLayers.isEmpty {
      parts.append(
        "lets a visual token look back at \(attentionWindow) others at most in \(layers(attentionLayers.count))"
      )
    }
    return parts
  }

}
