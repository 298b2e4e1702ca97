public import Plan

/// `/calibration/token_pruning`.
private enum Schema {
  static let path = CostSearch.path
  static let keepRatios = "keep_ratios"
  static let margin = "baseline_margin_nats"
  static let rule = DatasetSchema(path + "/candidate_rule", "importance rules that were tried, one an entry")
  static let seed = DatasetSchema(path + "/candidate_seed", "seeds of the tried settings")
  static let parameters = DatasetSchema(
    path + "/candidate_parameters", "settings that were tried, one a row",
    columns: [
      "keep_ratio", "prune_layer", "recovery_stride", "alpha", "beta", "gamma", "sigma", "epsilon",
    ])
  static let divergence = DatasetSchema(
    path + "/candidate_divergence", "mean KL(dense || pruned) of each candidate", unit: "nat")
  static let samples = DatasetSchema.samples(of: path)
}

extension TokenPruning {
  fileprivate var parameters: [Double] {
    [
      keepRatio, Double(layer), Double(recoveryStride), cost.alpha, cost.beta, cost.gamma, cost.sigma,
      cost.epsilon,
    ]
  }

  fileprivate init?(rule: String, parameters: [Double], seed: UInt64) {
    guard let rule = ImportanceRule(rawValue: rule), let layer = Int(exactly: parameters[1]),
      let stride = Int(exactly: parameters[2])
    else { return nil }
    self.init(rule: rule, keepRatio: parameters[0], layer: layer, recoveryStride: stride, seed: seed)
    cost.alpha = parameters[3]
    cost.beta = parameters[4]
    cost.gamma = parameters[5]
    cost.sigma = parameters[6]
    cost.epsilon = parameters[7]
  }
}

extension CostSearch {
  /// How much lower the chosen settings' mean divergence over the keep ratios is than that of the best
  /// baseline; `nil` when one of them was not tried. Not positive where a baseline was chosen.
  public var baselineMargin: Double? {
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    func settingsApartFromRatio(_ settings: TokenPruning) -> [UInt64] {
      var key = settings.parameters.dropFirst().map(\.bitPattern)
      key += [settings.seed, UInt64(ImportanceRule.allCases.firstIndex(of: settings.rule) ?? 0)]
      return key
    }
    let groups = Dictionary(grouping: candidates) { settingsApartFromRatio($0.settings) }
    let own = groups[settingsApartFromRatio(chosen)].flatMap { mean($0.map(\.divergence)) }
    // What left early was surely behind, and its figures are of a few samples.
    let most = candidates.compactMap(\.samples).max()
    let baselines = groups.values.filter {
      ($0.first?.settings.rule.isBaseline ?? false) && $0.allSatisfy { $0.samples == most }
    }
    guard let own, let best = baselines.compactMap({ mean($0.map(\.divergence)) }).min() else { return nil }
    return best - own
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    self.init()
    (chosen, keepRatios) = try reader.group(Schema.path) { (attributes) throws(Flaw) in
      _ = try attributes.takeIfPresent(Schema.margin, as: Double.self, of: Schema.path)
      let ratios: [Double] = try attributes.take(Schema.keepRatios, of: Schema.path)
      return (try attributes.take(TokenPruning.self, of: Schema.path), ratios)
    }
    let rules = try reader.texts(Schema.rule, count: nil)
    let seeds: [UInt64] = try reader.array(Schema.seed, shape: [rules.count])
    let parameters: [Double] = try reader.array(Schema.parameters, shape: [rules.count, 8])
    let divergence: [Double] = try reader.array(Schema.divergence, shape: [rules.count])
    let samples = try reader.samples(Schema.samples, of: rules.count)
    for (index, rule) in rules.enumerated() {
      let row = Array(parameters[8 * index..<8 * index + 8])
      guard let settings = TokenPruning(rule: rule, parameters: row, seed: seeds[index]) else {
        throw Flaw(
          Schema.parameters.path, "row \(index) has an unknown rule or a layer or stride that is no integer")
      }
      candidates.append(
        CostCandidate(settings: settings, divergence: divergence[index], samples: samples?[index]))
    }
  }
}

extension CostSearch: StoredPart {
  func add(to builder: inout TreeBuilder, for model: ModelDescription) throws(Flaw) {
    var attributes = AttributeSet()
    attributes.put(chosen)
    attributes.put(Schema.keepRatios, keepRatios)
    if !candidates.isEmpty, candidates.allSatisfy({ $0.samples != nil }) {
      attributes.need("candidate_samples", since: 1, isOptional: true)
    }
    if let margin = baselineMargin { attributes.put(Schema.margin, margin) }
    builder.group(
      Schema.path,
      "TopV (arXiv 2503.18278): the chosen rule and cost; baseline_margin_nats is how much lower its mean "
        + "divergence is than that of the best baseline", attributes)
    let settings = candidates.map(\.settings)
    try builder.texts(Schema.rule, settings.map(\.rule.rawValue))
    builder.array(Schema.seed, settings.map(\.seed))
    builder.array(Schema.parameters, settings.flatMap(\.parameters), shape: [settings.count, 8])
    builder.array(Schema.divergence, candidates.map(\.divergence))
    builder.samples(Schema.samples, candidates.map(\.samples))
  }
}
