internal import Output

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

  /// Whether there is no row beside the header.
  public var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; missing cells are empty.
  public mutating func append(_ cells: [String]) { rows.append(cells) }

  /// Characters of a line.
  public static let width = 100

  /// The table as lines of at most `width` characters. Columns that find no room follow below, behind the columns of
  /// words at the left once more: they say what a row is.
  public var text: String {
    // A line has room for what its row is, and for one column beside it.
    let cellLimit = Self.width / (lead.count + 1) - 2
    let cells = ([header] + rows).map { row in
      header.indices.map { $0 < row.count ? row[$0].printable(limit: cellLimit) : "" }
    }
    let widths = header.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return parts(widths).map { columns in
      cells.map { line($0, columns, widths) }.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// The columns of words at the left, or the first one.
  private var lead: [Int] {
    let words = Array(header.indices.prefix { wordColumns.contains($0) })
    return words.isEmpty ? Array(header.indices.prefix(1)) : words
  }

  /// Columns that stand side by side, part by part.
  private func parts(_ widths: [Int]) -> [[Int]] {
    var parts: [[Int]] = []
    var part: [Int] = []
    var used = 0
    for column in header.indices {
      if part.count > lead.count, used + 2 + widths[column] > Self.width {
        parts.append(part)
        (part, used) = (lead, lead.reduce(-2) { $0 + 2 + widths[$1] })
      }
      used += widths[column] + (part.isEmpty ? 0 : 2)
      part.append(column)
    }
    return parts + [part]
  }

  private func line(_ cells: [String], _ columns: [Int], _ widths: [Int]) -> String {
    var line = ""
    for column in columns {
      let padding = String(repeating: " ", count: widths[column] - cells[column].count)
      if column != columns.first { line += "  " }
      line += wordColumns.contains(column) ? cells[column] + padding : padding + cells[column]
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
