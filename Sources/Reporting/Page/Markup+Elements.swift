import Figures

/// Elements that every section uses.
extension Markup {
  /// An element with a class.
  static func element(_ name: StaticString, class style: String, _ content: Markup...) -> Markup {
    element(name, [Attribute("class", style)], content)
  }

  static func p(_ content: Markup) -> Markup { element("p", [], [content]) }
  static func strong(_ content: Markup) -> Markup { element("strong", [], [content]) }
  static func em(_ content: Markup) -> Markup { element("em", [], [content]) }
  static func code(_ content: String) -> Markup { element("code", [], [Markup(text: content)]) }

  /// A heading of a rank.
  static func heading(_ rank: Int, _ content: Markup) -> Markup {
    switch rank {
    case 1: element("h1", [], [content])
    case 2: element("h2", [], [content])
    case 3: element("h3", [], [content])
    default: element("h4", [], [content])
    }
  }

  /// Words of others: their direction of writing does not reach beyond them.
  static func quoted(_ words: String) -> Markup {
    element("bdi", [Attribute("class", "quoted")], [Markup(text: words)])
  }

  static func list(_ items: [Markup]) -> Markup {
    element("ul", [], items.map { element("li", [], [$0]) })
  }

  /// A link to a place on this page.
  static func jump(to id: String, _ content: Markup) -> Markup {
    element("a", [Attribute("href", "#\(id)")], [content])
  }

  /// Something that is read on demand.
  static func details(_ summary: Markup, _ content: Markup) -> Markup {
    element("details", [], [element("summary", [], [summary]), content])
  }

  /// Lines to type.
  static func console(_ lines: String) -> Markup {
    element(
      "pre",
      [
        Attribute("tabindex", "0"), Attribute("role", "region"), Attribute("aria-label", "Command lines"),
      ], [code(lines)])
  }

  /// What a reader has to know before believing a section.
  static func caution(_ content: Markup) -> Markup { element("p", class: "caution", content) }
}

extension Double {
  /// A coordinate: at most two decimals, none where they are zero, so that pages are small and always the same.
  var coordinate: String {
    var text = "\(self, decimals: 2)"
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text == "-0" ? "0" : text
  }
}
