/// A chart is drawn twice, for wide and for narrow screens, so that its letters have their size on both; the style
/// sheet shows one.
enum ChartSize: String, CaseIterable {
  case wide
  case narrow

  var width: Double { self == .wide ? 760 : 340 }
}

extension Markup {
  /// A figure: the chart in both sizes, and what it says in words.
  static func figure(
    _ id: String, title: String, description: String, caption: Markup,
    draw: (ChartSize) -> (height: Double, content: [Markup])
  ) -> Markup {
    let charts = ChartSize.allCases.map { size in
      let (height, content) = draw(size)
      let name = "\(id)-\(size.rawValue)"
      return Markup.element(
        "svg",
        [
          .init("class", size.rawValue),
          .init("viewBox", "0 0 \(size.width.coordinate) \(height.coordinate)"),
          .init("role", "img"), .init("aria-labelledby", "\(name)-title \(name)-desc"),
        ],
        [
          .element("title", [.init("id", "\(name)-title")], [Markup(text: title)]),
          .element("desc", [.init("id", "\(name)-desc")], [Markup(text: description)]),
        ] + content)
    }
    return .element("figure", [.init("id", id)], charts + [.element("figcaption", [], [caption])])
  }

  static func line(_ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> Markup {
    element(
      "line",
      [
        .init("class", style), .init("x1", x1.coordinate), .init("y1", y1.coordinate),
        .init("x2", x2.coordinate), .init("y2", y2.coordinate),
      ])
  }

  static func rectangle(
    _ style: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double
  ) -> Markup {
    element(
      "rect",
      [
        .init("class", style), .init("x", x.coordinate), .init("y", y.coordinate),
        .init("width", max(0, width).coordinate), .init("height", max(0, height).coordinate),
      ])
  }

  static func path(_ style: String, _ steps: String) -> Markup {
    element("path", [.init("class", style), .init("d", steps)])
  }

  /// A line of text; `anchor` is `start`, `middle` or `end`.
  static func label(
    _ text: String, _ x: Double, _ y: Double, anchor: String = "middle", style: String = ""
  ) -> Markup {
    var attributes: [Attribute] = [
      .init("x", x.coordinate), .init("y", y.coordinate), .init("text-anchor", anchor),
    ]
    if !style.isEmpty { attributes.append(.init("class", style)) }
    return element("text", attributes, [Markup(text: text)])
  }

  /// Marks that belong together, with words for those who point at them.
  static func group(_ style: String, title: String? = nil, _ content: [Markup]) -> Markup {
    element(
      "g", style.isEmpty ? [] : [.init("class", style)],
      (title.map { [.element("title", [], [Markup(text: $0)])] } ?? []) + content)
  }
}
