/// The tables as text.
extension FormatTables {
  /// All sections, a heading, a sentence and tables each.
  var text: String {
    // Paths come before what has none: a slash is less than any letter.
    sections.sorted { $0.key.plain < $1.key.plain }.map { text(of: $0.value, $0.key) }.joined(separator: "\n")
  }

  private func text(of section: Section, _ title: String) -> String {
    var result = "### \(title)\n"
    let condition = condition(section.variants)
    if !section.description.isEmpty {
      result += "\n\(section.description.escaped)\(condition.isEmpty ? "" : " (\(condition))").\n"
    }
    for (rows, head) in [(section.attributes, "attribute"), (section.datasets, "dataset")] where !rows.isEmpty
    {
      result += "\n" + table(rows, head, within: section.variants)
    }
    return result
  }

  private func table(_ rows: [String: Row], _ head: String, within variants: [Int]) -> String {
    var columns: [[String]] = [[head], ["type"], ["description"], ["shape"], ["unit"], ["where"]]
    for (label, row) in rows.sorted(by: { $0.key.plain < $1.key.plain }) {
      let cells = [
        label, row.type, row.descriptions.joined(separator: "; or ").escaped, shape(row), row.unit,
        row.variants == variants ? "" : condition(row.variants),
      ]
      for index in columns.indices { columns[index].append(cells[index]) }
    }
    columns = columns.filter { $0[0] == "description" || !$0.dropFirst().allSatisfy(\.isEmpty) }
    var lines = (0...rows.count).map { row in
      "| " + columns.map { $0[row] }.joined(separator: " | ") + " |"
    }
    lines.insert("|" + String(repeating: "---|", count: columns.count), at: 1)
    return lines.joined(separator: "\n") + "\n"
  }

  private func shape(_ row: Row) -> String {
    guard row.shapes.count > 1 else { return row.shapes.first?.text ?? "" }
    let plain = row.shapes.first { $0.variants.contains(0) } ?? row.shapes[0]
    let others = row.shapes.filter { $0.text != plain.text }
    return ([plain.text] + others.map { "\($0.text) \(condition($0.variants))" }).joined(separator: ", or ")
  }

  /// When something is there, by the variants that have it; empty where that is always.
  private func condition(_ present: [Int]) -> String {
    if present.count == variants.count { return "" }
    func list(_ options: [[String]]) -> String {
      options.map { $0.joined(separator: " and ") }.joined(separator: ", or ")
    }
    if present.contains(0) {
      let absent = variants.indices.filter { !present.contains($0) }
      return "not with " + list(absent.map { variants[$0].options })
    }
    // What one option brings, its company does not bring.
    let options = present.map { variants[$0].options }
    return "with "
      + list(options.filter { own in !options.contains { $0 != own && $0.allSatisfy(own.contains) } })
  }
}

extension String {
  /// Without marks, to sort by.
  fileprivate var plain: String { filter { $0 != "`" } }

  /// A bar would end a cell.
  fileprivate var escaped: String { replacing("|", with: "\\|") }
}
