extension RetentionThresholds {
  /// Demands rates in [0, 1] and thresholds of sensible size.
  package func validate(_ path: String, prefix: String = "") throws(Flaw) {
    try require(rate, from: 0, upTo: 1, prefix + "rate", path)
    try require(step, from: 0, upTo: 1, prefix + "rate_step", path)
    // Attention masses are within [0, 1]; thresholds beyond them switch a class off.
    try require(attentive, from: -10, upTo: 10, prefix + "attentive_from", path)
    try require(indifferent, from: -10, upTo: 10, prefix + "indifferent_to", path)
  }
}
