import Evaluation
import Figures
import Plan

extension Report {
  /// Where in the picture tokens are kept, over the whole set.
  var places: PageSection {
    var section = PageSection(
      "places", "Where patches are kept: position bias",
      lead: [
        "The same grid, averaged over the pictures of the set: the fuller the colour of a place, the more often its token is kept. If a choice followed only what is in the pictures, and things stood anywhere in them, the map would be even. Stripes, a faint edge or a full corner are position bias: some places are kept or dropped whatever they show."
      ])
    guard let evaluation else {
      section.body = [missingSet("The map of kept places")]
      return section
    }
    let pruned = Set(evaluation.points.filter { !$0.point.settings.isDense }.map(\.point.name))
    guard let places = evaluation.patches.places, places.points.contains(where: { pruned.contains($0.name) })
    else {
      section.body = [
        missing("The map of kept places", "No sample of the set has exactly one picture, or no point prunes.")
      ]
      return section
    }
    let grids = Wording.list(places.grids.map { "\($0.rows) x \($0.columns)" })
    section.body = [
      .p(
        "From the \(places.samples) of \(places.total) samples with one picture and the commonest grid, \(grids) tokens."
      ), PlaceMap.legend,
    ]
    for (index, point) in places.points.enumerated() where pruned.contains(point.name) {
      section.body.append(maps(point, places, number: index))
    }
    return section
  }

  private func maps(_ point: PlaceShares.Point, _ places: PlaceShares, number: Int) -> Markup {
    let drawings = places.grids.enumerated().flatMap { index, grid -> [Markup] in
      guard grid.tokens.upperBound <= point.kept.count else { return [] }
      let id = "places-\(number)-\(index)"
      let (kept, cached) = (Array(point.kept[grid.tokens]), Array(point.cached[grid.tokens]))
      return [
        map(
          kept, grid, "\(id)-kept", title: "\(point.name): how often a token is kept",
          caption: "Survives token pruning", unit: "of samples"),
        map(
          cached, grid, "\(id)-cached", title: "\(point.name): share of the caches that hold a token",
          caption: "In the caches after the prompt", unit: "of caches"),
      ]
    }
    let words = places.grids.compactMap { grid -> Markup? in
      guard grid.tokens.upperBound <= point.kept.count else { return nil }
      return .p(
        PositionBias(
          shares: Array(point.kept[grid.tokens]), cached: Array(point.cached[grid.tokens]), rows: grid.rows,
          columns: grid.columns
        ).words)
    }
    return .element(
      "div", [.init("class", "sample")],
      [.heading(3, named(point.name))] + words + [.element("div", [.init("class", "panels maps")], drawings)])
  }

  private func map(
    _ shares: [Double], _ grid: Grid, _ id: String, title: String, caption: String, unit: String
  ) -> Markup {
    let least = Wording.share(shares.min() ?? 0)
    let most = Wording.share(shares.max() ?? 0)
    let drawing = PlaceMap(rows: grid.rows, columns: grid.columns, shares: shares, unit: unit).markup(
      id: id, title: title, description: "Between \(least) and \(most) by place.")
    return .element(
      "figure", class: "panel", drawing,
      .element("figcaption", [], ["\(caption): \(least) to \(most)"]))
  }
}
