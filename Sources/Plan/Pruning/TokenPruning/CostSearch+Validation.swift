extension CostSearch: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/token_pruning"

  package func validate(for model: ModelDescription) throws(Flaw) {
    try chosen.validate(for: model, Self.path, prefix: "")
    for ratio in keepRatios { try require(ratio, above: 0, upTo: 1, "keep_ratios", Self.path) }
    for candidate in candidates {
      try candidate.settings.validate(for: model, Self.path(of: "candidate_parameters"), prefix: "")
    }
    try requireFinite(candidates.map(\.divergence), "an entry", Self.path(of: "candidate_divergence"))
  }
}
