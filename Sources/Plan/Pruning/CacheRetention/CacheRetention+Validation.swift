extension CacheRetention: MethodSettings {
  /// Name in files.
  public static var name: String { "cache_retention" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    let layers = model.text.layers
    guard rates.count == layers || (mode == .dynamic && rates.isEmpty) else {
      throw Flaw(path, "\(prefix)rates has \(rates.count) rates for \(layers) layers")
    }
    for rate in rates { try require(rate, from: 0, upTo: 1, prefix + "rates", path) }
    for (layer, rate) in rates.enumerated() where rate < 1 {
      if let other = model.text.recurrence(of: layer) {
        throw Flaw(path, "\(prefix)rates frees entries of layer \(layer), \(other), which has none")
      }
      let owner = model.text.entryLayer(of: layer)
      guard owner == layer else {
        throw Flaw(
          path, "\(prefix)rates frees entries of layer \(layer), which reads those of layer \(owner)")
      }
    }
    try thresholds.validate(path, prefix: prefix)
    try require(evenShare, from: 0, upTo: 1, prefix + "even_share", path)
  }

  package func validate(beside calibration: CalibrationRecord?, _ path: String) throws(Flaw) {
    if ranking == .answerProfile, calibration?.cacheRetention?.answers == nil {
      throw Flaw(
        path, "ranks by answer_profile, but \(AnswerAttention.path) is missing")
    }
  }
}
