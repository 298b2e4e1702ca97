internal import FileNames

extension String {
  /// The most characters of a line that people read.
  public static let printableLimit = 600

  /// The text as one line that a terminal can only show: line ends, control characters and characters that change the
  /// direction of what follows are escaped as `\n` or `\u{1B}`, bytes of a file's name that are no
  /// UTF-8 as `\xE9`, and a long text loses its middle.
  ///
  /// Names and words from files reach people through this.
  ///
  /// - Parameters:
  ///   - limit: the most characters that are left.
  ///   - kept: control characters that stay as they are, such as the line ends of an answer.
  public func printable(limit: Int = Self.printableLimit, keeping kept: Set<Unicode.Scalar> = []) -> String {
    var result = ""
    for scalar in shortened(to: limit).unicodeScalars {
      if kept.contains(scalar) || scalar.isPrintable {
        result.unicodeScalars.append(scalar)
      } else {
        result += scalar.escaped
      }
    }
    // Escapes are longer than what they stand for.
    return result.shortened(to: limit)
  }

  /// At most `limit` scalars: the beginning and the end, which say what a line is about and what is wrong.
  private func shortened(to limit: Int) -> String {
    let scalars = unicodeScalars
    // Most texts are short enough even in bytes.
    if utf8.count <= limit || scalars.count <= limit { return self }
    let mark = " ... "
    let tail = (limit - mark.count) / 3
    let head = limit - mark.count - tail
    guard head > 0 else { return String(scalars.prefix(max(0, limit))) }
    return String(scalars.prefix(head)) + mark + String(scalars.suffix(tail))
  }
}

extension Unicode.Scalar {
  /// Whether a terminal shows the character where it stands and does nothing else.
  fileprivate var isPrintable: Bool {
    if FileName.byte(self) != nil { return false }
    return switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
    // Joiners make one emoji, or one ligature, of several characters; the others hide or turn text.
    case .format: self == "\u{200D}" || self == "\u{200C}"
    default: true
    }
  }

  fileprivate var escaped: String {
    if let byte = FileName.byte(self) {
      return (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16, uppercase: true)
    }
    return switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(value, radix: 16, uppercase: true))}"
    }
  }
}
