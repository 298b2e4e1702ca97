/// A document that needs nothing but itself: no script, no font, no picture from elsewhere.
struct Page {
  var title: String
  var header: Markup
  var sections: [PageSection]
  var footer: Markup

  /// Nothing may be loaded from anywhere, whatever text found its way into the page.
  private static let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

  var html: String {
    let head = Markup.element(
      "head", [],
      [
        .element("meta", [.init("charset", "utf-8")]),
        .element(
          "meta", [.init("http-equiv", "Content-Security-Policy"), .init("content", Self.policy)]),
        .element(
          "meta",
          [.init("name", "viewport"), .init("content", "width=device-width, initial-scale=1")]),
        .element("meta", [.init("name", "color-scheme"), .init("content", "light dark")]),
        .element("title", [], [Markup(text: title)]), .style(PageStyle.sheet),
      ])
    let links = sections.map { Markup.jump(to: $0.id, Markup(text: $0.title)) }
    let contents = Markup.element(
      "nav", [.init("aria-label", "Contents")],
      [.element("ol", [], links.map { .element("li", [], [$0]) })])
    let body = Markup.element(
      "body", [],
      [
        .element("a", [.init("class", "skip"), .init("href", "#main")], ["Skip to the content"]),
        .element("header", [], [header]), contents,
        .element("main", [.init("id", "main"), .init("tabindex", "-1")], sections.map(\.markup)),
        .element("footer", [], [footer]),
      ])
    return "<!DOCTYPE html>\n" + Markup.element("html", [.init("lang", "en")], [head, body]).source + "\n"
  }
}
