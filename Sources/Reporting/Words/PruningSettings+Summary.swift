import Figures
public import PlanFormat

extension PruningSettings {
  /// The settings in a few words.
  public var summary: String {
    var parts: [String] = []
    if let tokens {
      let recovery = tokens.recoveryStride > 0 ? ", every \(tokens.recoveryStride.ordinal) back" : ""
      parts.append(
        "keep \(Figure(tokens.keepRatio, .share)) of tokens after layer \(tokens.layer) (\(tokens.rule.rawValue)\(recovery))"
      )
    }
    if let reduction {
      if !reduction.feedForwardLayers.isEmpty {
        parts.append(
          "\(Figure(reduction.neuronShare, .share)) of neurons in \(reduction.feedForwardLayers.count) layers"
        )
      }
      if !reduction.attentionLayers.isEmpty {
        parts.append("window \(reduction.attentionWindow) in \(reduction.attentionLayers.count) layers")
      }
    }
    if let retention {
      let mean = retention.rates.reduce(0, +) / Double(max(1, retention.rates.count))
      let rates = retention.mode == .dynamic ? "dynamic" : "\(Figure(mean, .share)) on average"
      parts.append("visual KV \(rates) (\(retention.ranking.rawValue))")
    }
    return parts.isEmpty ? "nothing pruned" : parts.joined(separator: ", ")
  }

  /// The settings in sentences for those who know none of the methods.
  var explanation: String {
    var parts: [String] = []
    if let tokens {
      parts.append(
        "keeps \(Figure(tokens.keepRatio, .share)) of the visual tokens after layer \(tokens.layer) (rule \(tokens.rule.rawValue))"
          + (tokens.recoveryStride > 0
            ? " and takes every \(tokens.recoveryStride.ordinal) dropped one back" : ""))
    }
    if let reduction, !reduction.feedForwardLayers.isEmpty {
      let layers = reduction.feedForwardLayers.count
      parts.append(
        "works with \(Figure(reduction.neuronShare, .share)) of the neurons on visual tokens in \(layers) \(layers == 1 ? "layer" : "layers")"
      )
    }
    if let reduction, !reduction.attentionLayers.isEmpty {
      let layers = reduction.attentionLayers.count
      parts.append(
        "lets a visual token look back at \(reduction.attentionWindow) others at most in \(layers) \(layers == 1 ? "layer" : "layers")"
      )
    }
    if let retention {
      let mean = retention.rates.reduce(0, +) / Double(max(1, retention.rates.count))
      parts.append(
        retention.mode == .dynamic
          ? "frees cache entries of visual tokens by how much each layer looks at this very picture"
          : "keeps \(Figure(mean, .share)) of the remaining visual cache entries of a layer on average")
    }
    guard let last = parts.last else { return "leaves nothing out" }
    return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + ", and " + last
  }
}

extension Int {
  /// "3rd", "11th"
  fileprivate var ordinal: String {
    let suffix =
      switch (self % 10, self % 100) {
      case (1, let rest) where rest != 11: "st"
      case (2, let rest) where rest != 12: "nd"
      case (3, let rest) where rest != 13: "rd"
      default: "th"
      }
    return "\(self)\(suffix)"
  }
}
