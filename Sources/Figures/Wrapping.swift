internal import Output

extension String {
  /// A name and what is said of it, in lines of at most `width` characters that are indented behind the first.
  public static func entry(
    _ name: String, _ text: String, indent: Int, width: Int = TextTable.width
  ) -> String {
    let name = name.printable(limit: 48)
    var lines: [String] = []
    var line = name + String(repeating: " ", count: Swift.max(2, indent - name.count))
    for word in text.printable().split(separator: " ") {
      if line.count + word.count > width, !line.allSatisfy({ $0 == " " }) {
        lines.append(line)
        line = String(repeating: " ", count: indent)
      }
      line += word + " "
    }
    return (lines + [line]).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
