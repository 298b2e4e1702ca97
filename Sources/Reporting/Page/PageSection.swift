/// A part of the page with a place in its table of contents.
struct PageSection {
  /// Anchor.
  let id: String
  /// Heading.
  let title: String
  /// What is shown and how to read it, for a reader who knows none of the papers.
  var lead: [Markup]
  /// Figures and tables.
  var body: [Markup]

  init(_ id: String, _ title: String, lead: [Markup], body: [Markup] = []) {
    self.id = id
    self.title = title
    self.lead = lead
    self.body = body
  }

  var markup: Markup {
    let heading = Markup.element("h2", [.init("id", "\(id)-title")], [Markup(text: title)])
    return .element(
      "section", [.init("id", id), .init("aria-labelledby", "\(id)-title")],
      [heading] + lead.map { .element("p", class: "lead", $0) } + body)
  }
}
