import Plan

/// What the places of a search cost by a model, each asked once: a search comes by the same places again and again.
final class PlaceCosts {
  /// What a place costs.
  struct Costs {
    /// Modelled seconds from the pictures to the first token.
    let firstToken: Double
    /// Visual KV entries as a share of dense.
    let entryShare: Double
    /// Operations of the decoder in prefill as a share of dense.
    let operationShare: Double
  }

  private let space: SettingsSpace
  private let model: CostModel
  private var known: [SettingsSpace.Place: Costs] = [:]

  init(_ space: SettingsSpace, _ model: CostModel) {
    self.space = space
    self.model = model
  }

  /// What a place costs.
  subscript(place: SettingsSpace.Place) -> Costs {
    if let found = known[place] { return found }
    let settings = space.settings(place)
    let costs = Costs(
      firstToken: model.firstTokenSeconds(settings), entryShare: model.entryShare(settings),
      operationShare: model.operationShare(settings))
    known[place] = costs
    return costs
  }
}
