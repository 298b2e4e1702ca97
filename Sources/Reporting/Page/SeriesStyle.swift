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
      let (cosine, sine) = Self.direction(turn + Double(corner) / Double(sides))
      return "\((x + radius * scale * sine).coordinate),\((y - radius * scale * cosine).coordinate)"
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

  /// Cosine and sine of a share of a turn, by the series: a page needs two decimals of them, and no library.
  private static func direction(_ turn: Double) -> (cosine: Double, sine: Double) {
    let angle = (turn - turn.rounded()) * 2 * Double.pi
    var (cosine, sine, term) = (0.0, 0.0, 1.0)
    for power in 0..<24 {
      let sign = power % 4 < 2 ? 1.0 : -1.0
      if power % 2 == 0 { cosine += sign * term } else { sine += sign * term }
      term *= angle / Double(power + 1)
    }
    return (cosine, sine)
  }
}
