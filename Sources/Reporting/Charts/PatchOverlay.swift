/// A picture under the grid of its tokens: dropped ones hatched, kept ones the darker the fewer caches hold them.
struct PatchOverlay {
  var width: Int
  var height: Int
  var rows: Int
  var columns: Int
  /// Whether each token outlives token pruning, row by row; empty for the picture alone.
  var isKept: [Bool] = []
  /// Share of the caches that hold each token at the end of prefill, row by row.
  var cacheShares: [Double] = []

  /// How dark a kept token is drawn: 0 where all caches hold it, at most 4.
  static func veil(_ share: Double) -> Int { max(0, min(4, Int(((1 - share) * 5).rounded(.down)))) }

  /// Squares to lay over a picture of this size.
  var squares: [Markup] {
    guard isKept.count == rows * columns, cacheShares.count == isKept.count else { return [] }
    let places = isKept.indices
    var layers = (1...4).compactMap { level in
      path("veil-\(level)", places.filter { isKept[$0] && Self.veil(cacheShares[$0]) == level })
    }
    let dropped = places.filter { !isKept[$0] }
    layers += [path("dropped", dropped), path("hatch", dropped)].compactMap { $0 }
    return layers
  }

  /// One path over squares, neighbours of a row in one piece.
  private func path(_ style: String, _ places: [Int]) -> Markup? {
    guard !places.isEmpty else { return nil }
    let (across, down) = (Double(width) / Double(columns), Double(height) / Double(rows))
    var steps = ""
    var index = 0
    while index < places.count {
      let first = places[index]
      var length = 1
      while index + length < places.count, places[index + length] == first + length,
        (first + length) % columns != 0
      { length += 1 }
      let (row, column) = first.quotientAndRemainder(dividingBy: columns)
      let span = (Double(length) * across).coordinate
      steps += "M\((Double(column) * across).coordinate) \((Double(row) * down).coordinate)"
      steps += "h\(span)v\(down.coordinate)h-\(span)z"
      index += length
    }
    return .path(style, steps)
  }

  /// What the squares mean.
  static var legend: Markup {
    func swatch(_ styles: String...) -> Markup {
      .element(
        "svg",
        [
          .init("width", "22"), .init("height", "22"), .init("viewBox", "0 0 22 22"),
          .init("aria-hidden", "true"),
        ],
        [
          .element(
            "rect",
            [.init("width", "22"), .init("height", "22"), .init("fill", "#d9c9a0")])
        ] + styles.map { .rectangle($0, 0, 0, 22, 22) } + [.rectangle("edge", 0.5, 0.5, 21, 21)])
    }
    return .element(
      "ul", class: "legend",
      .element("li", [], [swatch(), "kept, in every cache"]),
      .element("li", [], [swatch("veil-2"), "kept, in about half of the caches"]),
      .element("li", [], [swatch("veil-4"), "kept, in few caches"]),
      .element("li", [], [swatch("dropped", "hatch"), "dropped: later layers never see it"]))
  }

  /// The pattern that `hatch` names, once a page.
  static var pattern: Markup {
    .element(
      "svg", [.init("class", "defs"), .init("aria-hidden", "true")],
      [
        .element(
          "defs", [],
          [
            .element(
              "pattern",
              [
                .init("id", "hatch"), .init("width", "6"), .init("height", "6"),
                .init("patternUnits", "userSpaceOnUse"), .init("patternTransform", "rotate(45)"),
              ],
              [
                .element(
                  "line",
                  [
                    .init("x1", "0"), .init("y1", "0"), .init("x2", "0"), .init("y2", "6"),
                    .init("stroke", "#ffffff"), .init("stroke-opacity", ".38"), .init("stroke-width", "1.5"),
                  ])
              ])
          ])
      ])
  }
}
