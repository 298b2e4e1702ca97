/// The lines of a small text file, numbered from 1, without their ends (a line feed, or a carriage return before one).
package struct TextLines {
  /// The lines that have an end, and last what has none, unless it is empty.
  package let lines: [ArraySlice<UInt8>]
  /// Whether the last line has an end.
  package let isComplete: Bool

  /// Splits the bytes of a file.
  package init(_ bytes: [UInt8]) {
    let lineFeed = UInt8(ascii: "\n")
    var pieces = bytes.split(separator: lineFeed, omittingEmptySubsequences: false)
    isComplete = pieces.last?.isEmpty ?? true
    if isComplete { pieces = pieces.dropLast() }
    lines = pieces.map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
  }

  /// A line behind a prefix; nil where it does not begin like that.
  package static func rest(of line: ArraySlice<UInt8>, behind prefix: String) -> ArraySlice<UInt8>? {
    line.starts(with: prefix.utf8) ? line.dropFirst(prefix.utf8.count) : nil
  }
}
