public import ArgumentParser
public import Plan

/// Settings given by hand: a point named `custom`, for experiments beside the plan's own points.
struct PruningArguments: ParsableArguments {
  @OptionGroup var picture: PictureArguments

  @Option(help: ArgumentHelp("Custom point: share of the visual tokens that stay.", valueName: "share"))
  var keep: Double?

  @Option(help: "Custom point: importance rule. (default: the calibrated one, else semi_relaxed)")
  var rule: ImportanceRule?

  @Option(
    parsing: .unconditional,
    help:
      "Custom point: layer after which tokens are dropped; -1 for before the first. (default: -1 for rules whose papers have it, else the calibrated one, else 1)"
  )
  var pruneLayer: Int?

  @Option(help: "Custom point: every m-th dropped token comes back; 0 for none.")
  var recovery: Int?

  @Option(help: "Custom point: weight of the feature cost.") var alpha: Double?
  @Option(help: "Custom point: weight of the spatial cost.") var beta: Double?
  @Option(help: "Custom point: weight of the central cost.") var gamma: Double?
  @Option(help: "Custom point: width of the spatial cost in grid units.") var sigma: Double?
  @Option(help: "Custom point: entropic regularisation.") var epsilon: Double?

  @Option(
    help: ArgumentHelp(
      "Custom point: layers whose FFN uses some of its neurons, such as 6-11 or 0,3,5.", valueName: "layers"))
  var ffnLayers: LayerList?

  @Option(
    help: "Custom point: neurons that stay in those layers: those probed in each image, or the leading ones.")
  var neurons: LayerReduction.NeuronSelection = .probed

  @Option(help: "Custom point: share of the neurons that stay in those layers.")
  var neuronShare: Double = 0.2

  @Option(help: ArgumentHelp("Custom point: layers with hollow attention.", valueName: "layers"))
  var attentionLayers: LayerList?

  @Option(help: "Custom point: visual keys that a visual query sees in those layers.")
  var window: Int = 32

  @Option(
    help: ArgumentHelp(
      "Custom point: share of the visual KV entries that stay in every layer, or a share a layer, separated by commas.",
      valueName: "shares"))
  var retention: RateList?

  @Flag(help: "Custom point: retention rate of each layer by its class for this very input.")
  var dynamicRetention = false

  @Option(help: "Custom point: how KV entries are ranked. (default: the calibrated way, else last_row)")
  var ranking: CacheRetention.EntryRanking?

  @Option(
    help: ArgumentHelp(
      "Custom point: share of the entries that stay which is spread evenly instead of ranked. (default: the calibrated one, or none with --ranking)",
      valueName: "share"))
  var evenShare: Double?

  @Option(
    help: ArgumentHelp("Custom point: layer behind which every visual token leaves.", valueName: "layer"))
  var horizon: Int?

  func validate() throws {
    func check(_ name: String, _ value: Double?, _ range: ClosedRange<Double>) throws {
      if let value, !range.contains(value) {
        throw ValidationError("--\(name) must be within \(range.lowerBound) ... \(range.upperBound).")
      }
    }
    try check("keep", keep, Double.leastNonzeroMagnitude...1)
    try check("neuron-share", neuronShare, Double.leastNonzeroMagnitude...1)
    for rate in retention?.rates ?? [] { try check("retention", rate, 0...1) }
    try check("even-share", evenShare, 0...1)
    for (name, value) in [("alpha", alpha), ("beta", beta), ("gamma", gamma)] {
      try check(name, value, 0...1e6)
    }
    for (name, value) in [("sigma", sigma), ("epsilon", epsilon)] { try check(name, value, 1e-6...1e6) }
    try OptionRange.check("window", window, OptionRange.tokens)
    try OptionRange.check("recovery", recovery, 0...OptionRange.tokens.upperBound)
    try OptionRange.check("prune-layer", pruneLayer, -1...OptionRange.layers.upperBound)
    try OptionRange.check("horizon", horizon, OptionRange.layers)
  }

  /// The custom point, or `nil` when no option asks for one. Throws where the model cannot run at it.
  func point(_ contents: PlanContents) throws -> OperatingPoint? {
    let record = contents.calibration
    let settings = PruningSettings(
      picture: try picture.settings(contents), tokenPruning: tokenPruning(record),
      layerReduction: layerReduction,
      cacheRetention: cacheRetention(record, contents.model.text),
      horizon: horizon.map { Horizon(layer: $0) })
    if let problem = settings.problem(
      for: contents.model, image: contents.image, calibration: record)
    {
      throw ValidationError("custom point: \(problem).")
    }
    return settings.isDense ? nil : OperatingPoint(name: "custom", settings: settings)
  }

  private func tokenPruning(_ record: CalibrationRecord?) -> TokenPruning? {
    guard let keep else { return nil }
    var pruning = record?.tokenPruning?.chosen ?? TokenPruning(rule: .semiRelaxed, keepRatio: keep, layer: 1)
    pruning.keepRatio = keep
    // Some rules choose among the rows that the projector gives.
    if let rule, rule.standardLayer == TokenPruning.promptPlace { pruning.layer = rule.standardLayer }
    pruning.rule = rule ?? pruning.rule
    pruning.layer = pruneLayer ?? pruning.layer
    pruning.recoveryStride = recovery ?? pruning.recoveryStride
    pruning.cost.alpha = alpha ?? pruning.cost.alpha
    pruning.cost.beta = beta ?? pruning.cost.beta
    pruning.cost.gamma = gamma ?? pruning.cost.gamma
    pruning.cost.sigma = sigma ?? pruning.cost.sigma
    pruning.cost.epsilon = epsilon ?? pruning.cost.epsilon
    return pruning
  }

  private var layerReduction: LayerReduction? {
    guard ffnLayers != nil || attentionLayers != nil else { return nil }
    return LayerReduction(
      feedForwardLayers: ffnLayers?.layers ?? [], attentionLayers: attentionLayers?.layers ?? [],
      neurons: neurons, neuronShare: neuronShare, attentionWindow: window)
  }

  private func cacheRetention(_ record: CalibrationRecord?, _ text: TextModel) -> CacheRetention? {
    guard retention != nil || dynamicRetention else { return nil }
    let profile = record?.cacheRetention
    return CacheRetention(
      mode: dynamicRetention ? .dynamic : .static, rates: retention.map { $0.rates(text) } ?? [],
      thresholds: profile?.thresholds ?? RetentionThresholds(),
      ranking: ranking ?? profile?.ranking ?? .lastRow,
      evenShare: evenShare ?? (ranking == nil ? profile?.evenShare ?? 0 : 0))
  }
}

extension ImportanceRule: ExpressibleByArgument {}
extension CacheRetention.EntryRanking: ExpressibleByArgument {}
extension LayerReduction.NeuronSelection: ExpressibleByArgument {}

/// One rate for all layers, or one for each: `0.3`, `0.5,0.3,0.3,0.1`.
struct RateList: ExpressibleByArgument {
  var rates: [Double] = []

  init?(argument: String) {
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let rate = Double(part) else { return nil }
      rates.append(rate)
    }
  }

  /// A rate for each layer; a list of another length stays as it is, for the schedule to refuse.
  func rates(_ text: TextModel) -> [Double] {
    rates.count == 1 ? text.retentionRates(rates[0]) : rates
  }
}

/// Layers as people write them: `0,3,6-11`.
struct LayerList: ExpressibleByArgument {
  var layers: [Int] = []

  init?(argument: String) {
    var isListed = Array(repeating: false, count: OptionRange.layers.count)
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 0,
        first <= last, last < isListed.count
      else { return nil }
      for layer in first...last { isListed[layer] = true }
    }
    layers = isListed.indices.filter { isListed[$0] }
  }
}
