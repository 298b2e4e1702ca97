import Glibc

/// How a point is told from the others: a colour, and a shape for those who see no colour.
struct SeriesStyle: Equatable {
  /// Number of the point in the order of the report.
  let index: Int

  /// Class that sets the colour.
  var name: String { "s\(index % 6)" }

  /// The mark around a place; `radius` is that of a circle of the same weight.
  func mark(_ x: Double, _ y: Double, radius: Double, class style: String = "mark") -> Markup {
    let (sides, turn, scale): (Int, Double, Double) =
      switch index % 6 {
      case 1: (4, 0.125, 1.25)
      case 2: (4, 0, 1.3)
      case 3: (3, 0, 1.45)
      case 4: (3, 0.5, 1.45)
      case 5: (5, 0, 1.2)
      default: (0, 0, 1)
      }
    if sides == 0 {
      return .element(
        "circle",
        [
          .init("class", style), .init("cx", x.coordinate), .init("cy", y.coordinate),
          .init("r", radius.coordinate),
        ])
    }
    let corners = (0..<sides).map { corner in
      let angle = (turn + Double(corner) / Double(sides)) * 2 * Double.pi
      return
        "\((x + radius * scale * sin(angle)).coordinate),\((y - radius * scale * cos(angle)).coordinate)"
    }
    return .element(
      "polygon", [.init("class", style), .init("points", corners.joined(separator: " "))])
  }

  /// The mark in a line of text.
  var glyph: Markup {
    .element(
      "svg",
      [
        .init("class", "glyph \(name)"), .init("viewBox", "0 0 16 16"), .init("aria-hidden", "true"),
      ], [mark(8, index % 6 == 3 ? 9.5 : 8, radius: 5.5)])
  }
}
