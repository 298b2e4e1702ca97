extension CostSearch: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/token_pruning"

  package func validate(for model: ModelDescription) throws(Flaw) {
    // Tables show every candidate, and look for one of each rule and ratio.
    try require(keepRatios.count, in: 0...64, "number of keep_ratios", Self.path)
    try require(candidates.count, in: 0...CalibrationRecord.candidateLimit, "number of candidates", Self.path)
    try chosen.validate(for: model, Self.path, prefix: "")
    for ratio in keepRatios { try require(ratio, above: 0, upTo: 1, "keep_ratios", Self.path) }
    for candidate in candidates {
      try candidate.settings.validate(for: model, Self.path(of: "candidate_parameters"), prefix: "")
    }
    try requireFinite(candidates.map(\.divergence), "an entry", Self.path(of: "candidate_divergence"))
  }
}
