/// A table for people: columns padded to their widest cell, numbers to the right and words to the left.
public struct TextTable: Sendable {
  private let header: [String]
  private let wordColumns: Set<Int>
  private var rows: [[String]] = []

  /// An empty table with column titles, of which `wordColumns` hold words.
  public init(_ header: [String], wordColumns: Set<Int> = [0]) {
    self.header = header
    self.wordColumns = wordColumns
  }

  /// Adds a row; missing cells are empty.
  public mutating func append(_ cells: [String]) { rows.append(cells) }

  /// The table as lines.
  public var text: String {
    let all = [header] + rows
    let widths = header.indices.map { column in
      all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return all.map { cells in
      var line = ""
      for column in header.indices {
        let cell = column < cells.count ? cells[column] : ""
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if column > 0 { line += "  " }
        line += wordColumns.contains(column) ? cell + padding : padding + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
