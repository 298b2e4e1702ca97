/// What a named point may lose, and what it must save.
public struct PointBudget: Equatable, Sendable, Codable {
  /// Name of the point.
  public var name: String
  /// Largest loss of accuracy against dense (of agreement, where the set has no answers); `nil` for the least harm that
  /// meets the other demands.
  public var maximumLoss: Double?
  /// Largest share of dense's visual KV entries.
  public var entryShare: Double
  /// Largest share of dense's operations of the decoder in prefill.
  public var operationShare: Double
  /// Largest seconds from the picture to the first token.
  public var firstTokenSeconds: Double?
  /// Largest resident memory, bytes.
  public var memoryBytes: Double?
  /// Least tokens a second while decoding.
  public var decodeRate: Double?

  /// Creates a budget.
  public init(
    name: String, maximumLoss: Double?, entryShare: Double = 1, operationShare: Double = 1,
    firstTokenSeconds: Double? = nil, memoryBytes: Double? = nil, decodeRate: Double? = nil
  ) {
    self.name = name
    self.maximumLoss = maximumLoss
    self.entryShare = entryShare
    self.operationShare = operationShare
    self.firstTokenSeconds = firstTokenSeconds
    self.memoryBytes = memoryBytes
    self.decodeRate = decodeRate
  }

  /// The points every plan gets.
  public static let standard = [
    PointBudget(name: "quality", maximumLoss: 0.005),
    PointBudget(name: "balanced", maximumLoss: 0.01, entryShare: 0.35, operationShare: 0.5),
    PointBudget(name: "fast", maximumLoss: 0.03, entryShare: 0.2, operationShare: 0.35),
  ]
}

extension PointBudget {
  /// Where a search looks for the budget.
  ///
  /// What a divergence costs is known better after the measurement than before: a sixteenth of its square root is a low
  /// guess.
  var view: FrontSearch.View {
    let divergence = maximumLoss.map { min(FrontSearch.hopelessDivergence, (16 * $0) * (16 * $0)) }
    return FrontSearch.View(
      entryShare: entryShare, operationShare: operationShare,
      divergence: divergence ?? FrontSearch.hopelessDivergence)
  }
}

/// What is the same for every point of a plan on this machine.
struct FixedCosts {
  /// Resident bytes without the KV cache.
  var residentBytes = 0.0
}

/// What a point takes, as modelled or as measured.
struct PointCosts {
  /// Seconds to read and prepare the pictures and to run the tower over them.
  var image: Double
  /// Seconds of prefill.
  var prefill: Double
  /// Seconds of a decoding step.
  var step: Double
  /// Visual KV entries as a share of dense.
  var entryShare: Double
  /// Operations of the decoder in prefill as a share of dense.
  var operationShare: Double
  /// Bytes of the KV cache.
  var kvBytes: Double
}

extension PointBudget {
  /// Whether costs meet every demand.
  func allows(_ costs: PointCosts, _ fixed: FixedCosts) -> Bool {
    if costs.entryShare > entryShare + 1e-9 || costs.operationShare > operationShare + 1e-9 { return false }
    if let firstTokenSeconds, costs.image + costs.prefill > firstTokenSeconds { return false }
    if let memoryBytes, fixed.residentBytes + costs.kvBytes > memoryBytes { return false }
    if let decodeRate, costs.step > 0, 1 / costs.step < decodeRate { return false }
    return true
  }
}
