/// A table in a box of its own that scrolls where the page is narrow, by keyboard too.
struct DataTable {
  /// What the table is, for those who hear it.
  let label: String
  /// Titles of the columns.
  let columns: [Markup]
  /// Rows: the first cell is the row's name.
  private(set) var rows: [Row] = []
  /// Columns beyond the first that hold words rather than numbers.
  var wordColumns: Set<Int> = []

  /// One line of the table.
  struct Row {
    var cells: [Cell]
    var style = ""
  }

  /// One place of the table.
  struct Cell: ExpressibleByStringInterpolation {
    var content: Markup
    var style = ""

    init(_ content: Markup, style: String = "") {
      self.content = content
      self.style = style
    }
    init(stringLiteral value: String) { content = Markup(text: value) }
  }

  init(_ label: String, columns: [Markup]) {
    self.label = label
    self.columns = columns
  }

  mutating func append(_ cells: [Cell], style: String = "") {
    rows.append(Row(cells: cells, style: style))
  }

  var markup: Markup {
    let head = columns.indices.map { column in
      Markup.element(
        "th", [.init("scope", "col")] + classes(column, ""), [columns[column]])
    }
    let body = rows.map { row in
      Markup.element(
        "tr", row.style.isEmpty ? [] : [.init("class", row.style)],
        row.cells.indices.map { column in
          let cell = row.cells[column]
          return column == 0
            ? .element("th", [.init("scope", "row")], [cell.content])
            : .element("td", classes(column, cell.style), [cell.content])
        })
    }
    let table = Markup.element(
      "table", [],
      [.element("thead", [], [.element("tr", [], head)]), .element("tbody", [], body)])
    return .element(
      "div",
      [
        .init("class", "scroll"), .init("role", "region"), .init("tabindex", "0"),
        .init("aria-label", label),
      ], [table])
  }

  private func classes(_ column: Int, _ style: String) -> [Markup.Attribute] {
    let names = [wordColumns.contains(column) ? "words" : "", style].filter { !$0.isEmpty }
    return names.isEmpty ? [] : [.init("class", names.joined(separator: " "))]
  }
}
