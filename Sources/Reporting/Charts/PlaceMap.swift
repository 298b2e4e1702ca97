import Figures

/// Shares at the places of a grid, as squares from the colour of the paper (0) to the full colour (1).
struct PlaceMap {
  var rows: Int
  var columns: Int
  /// Shares, row by row.
  var shares: [Double]
  /// What a share is one of, for those who point at a place.
  var unit: String

  func markup(id: String, title: String, description: String) -> Markup {
    let cells = shares.indices.map { index -> Markup in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      return .element(
        "rect",
        [
          .init("class", "cell"), .init("x", "\(column)"), .init("y", "\(row)"), .init("width", "1"),
          .init("height", "1"), .init("fill-opacity", max(0, min(1, shares[index])).coordinate),
        ],
        [
          .element(
            "title", [], ["row \(row + 1), column \(column + 1): \(Figure(shares[index], .share)) \(unit)"])
        ])
    }
    // Units are cells; the frame's line must stay a line.
    let frame = Markup.element(
      "rect",
      [
        .init("class", "edge"), .init("x", "0"), .init("y", "0"), .init("width", "\(columns)"),
        .init("height", "\(rows)"), .init("vector-effect", "non-scaling-stroke"),
      ])
    return .element(
      "svg",
      [
        .init("viewBox", "0 0 \(columns) \(rows)"), .init("role", "img"),
        .init("shape-rendering", "crispEdges"),
        .init("aria-labelledby", "\(id)-title \(id)-desc"),
      ],
      [
        .element("title", [.init("id", "\(id)-title")], [Markup(text: title)]),
        .element("desc", [.init("id", "\(id)-desc")], [Markup(text: description)]),
      ] + cells + [frame])
  }

  /// The scale of colours with its ends in words.
  static var legend: Markup {
    let width = 11.0
    let cells = (0...10).map { step in
      Markup.element(
        "rect",
        [
          .init("class", "cell"), .init("x", (Double(step) * width).coordinate), .init("y", "0"),
          .init("width", width.coordinate), .init("height", "14"),
          .init("fill-opacity", (Double(step) / 10).coordinate),
        ])
    }
    let scale = Markup.element(
      "svg",
      [
        .init("width", (11 * width).coordinate), .init("height", "14"), .init("aria-hidden", "true"),
        .init("viewBox", "0 0 \((11 * width).coordinate) 14"),
      ], cells + [.rectangle("edge", 0.5, 0.5, 11 * width - 1, 13)])
    return .element(
      "ul", class: "legend", .element("li", [], ["0\u{A0}%", scale, "100\u{A0}%"]))
  }
}
