extension TokenPruning: MethodSettings {
  /// Name in files.
  public static var name: String { "token_pruning" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(keepRatio, above: 0, upTo: 1, prefix + "keep_ratio", path)
    try require(layer, in: Self.promptPlace...(model.text.layers - 1), prefix + "prune_layer", path)
    guard rule != .fastV || layer >= 0 else {
      throw Flaw(
        path, "\(prefix)rule fastv reads the attention of a layer, but \(prefix)prune_layer is \(layer)")
    }
    if rule == .fastV, let other = model.text.recurrence(of: layer) {
      throw Flaw(path, "\(prefix)rule fastv reads the attention of layer \(layer), which is \(other)")
    }
    try model.text.requireLeaving(behind: layer, prefix + "prune_layer", path)
    try require(recoveryStride, in: 0...1_000_000, prefix + "recovery_stride", path)
    for (name, weight) in [("alpha", cost.alpha), ("beta", cost.beta), ("gamma", cost.gamma)] {
      try require(weight, from: 0, upTo: 1e6, prefix + name, path)
    }
    try require(cost.sigma, above: 0, upTo: 1e6, prefix + "sigma", path)
    try require(cost.epsilon, above: 0, upTo: 1e6, prefix + "epsilon", path)
  }
}
