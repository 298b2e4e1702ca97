import Plan

extension Jinja {
  /// A word of an expression.
  struct Token {
    enum Kind: Equatable {
      case name(String)
      case string(String)
      case int(Int)
      case real(Double)
      case mark(String)
    }

    var kind: Kind
    var line: Int
  }

  /// A stretch of a template.
  enum Piece {
    case text(String, line: Int)
    case output([Token], line: Int)
    case tag([Token], line: Int)
  }

  /// Cuts a template into text and tags, white space control applied.
  struct Lexer {
    private let source: [Unicode.Scalar]
    private var position = 0
    private var line = 1
    private var pieces: [Piece] = []

    static func pieces(of template: String) throws(Failure) -> [Piece] {
      var lexer = Lexer(template)
      try lexer.run()
      return lexer.pieces
    }

    private init(_ template: String) {
      // Line ends become "\n" and the last one goes, as Jinja does before it reads a template.
      var scalars: [Unicode.Scalar] = []
      for scalar in template.unicodeScalars {
        if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
        scalars.append(scalar)
      }
      source = (scalars.last == "\n" ? scalars.dropLast() : scalars[...]).map { $0 == "\r" ? "\n" : $0 }
    }

    private func matches(_ text: String, at offset: Int = 0) -> Bool {
      source.dropFirst(position + offset).starts(with: text.unicodeScalars)
    }

    private mutating func advance(_ count: Int = 1) {
      for _ in 0..<count where position < source.count {
        if source[position] == "\n" { line += 1 }
        position += 1
      }
    }

    private mutating func run() throws(Failure) {
      var startsLine = true
      while position < source.count {
        let start = position
        let startLine = line
        while position < source.count, !matches("{{"), !matches("{%"), !matches("{#") { advance() }
        var text = Array(source[start..<position])
        let isOutput = matches("{{")
        let sign = position + 2 < source.count ? source[position + 2] : " "
        if position < source.count {
          if sign == "-" {
            while let last = text.last, Trimming.isSpace(last) { text.removeLast() }
          } else if !isOutput, sign != "+" {
            Self.stripLineStart(&text, startsLine: startsLine)
          }
        }
        if !text.isEmpty { pieces.append(.text(String(String.UnicodeScalarView(text)), line: startLine)) }
        guard position < source.count else { return }
        startsLine = try tag(isOutput: isOutput, signed: sign == "-" || sign == "+")
      }
    }

    /// Drops blanks between the start of a line and a tag.
    private static func stripLineStart(_ text: inout [Unicode.Scalar], startsLine: Bool) {
      let blanks = text.reversed().prefix { $0 != "\n" }
      let reachesStart = blanks.count == text.count
      if blanks.allSatisfy(Trimming.isSpace), !reachesStart || startsLine {
        text.removeLast(blanks.count)
      }
    }

    /// Reads one tag; returns whether what follows is at the start of a line.
    private mutating func tag(isOutput: Bool, signed: Bool) throws(Failure) -> Bool {
      let start = line
      if matches("{#") {
        advance(2)
        while position < source.count, !matches("#}") { advance() }
        guard position < source.count else { throw Failure(line: start, reason: "a comment does not end") }
        let trims = source[position - 1] == "-"
        advance(2)
        return skipAfterTag(trimsAll: trims, trimsLine: true)
      }
      advance(signed ? 3 : 2)
      let close = isOutput ? "}}" : "%}"
      let (tokens, sign) = try tokens(until: close, from: start)
      pieces.append(isOutput ? .output(tokens, line: start) : .tag(tokens, line: start))
      return skipAfterTag(trimsAll: sign == "-", trimsLine: !isOutput && sign != "+")
    }

    private mutating func skipAfterTag(trimsAll: Bool, trimsLine: Bool) -> Bool {
      let start = position
      if trimsAll {
        while position < source.count, Trimming.isSpace(source[position]) { advance() }
      } else if trimsLine, matches("\n") {
        advance()
      }
      return position > start && source[position - 1] == "\n"
    }

    private mutating func tokens(
      until close: String, from start: Int
    ) throws(Failure) -> (tokens: [Token], sign: Unicode.Scalar) {
      var tokens: [Token] = []
      var depth = 0
      while position < source.count {
        let scalar = source[position]
        if depth == 0 {
          if matches(close) {
            advance(2)
            return (tokens, " ")
          }
          if scalar == "-" || scalar == "+", matches(close, at: 1) {
            advance(3)
            return (tokens, scalar)
          }
        }
        if Trimming.isSpace(scalar) {
          advance()
          continue
        }
        let token = Token(kind: try word(), line: line)
        if case .mark(let mark) = token.kind {
          if "([{".contains(mark) { depth += 1 }
          if ")]}".contains(mark) { depth -= 1 }
        }
        tokens.append(token)
      }
      throw Failure(line: start, reason: "a tag does not end")
    }

    private static let marks = [
      "==", "!=", "<=", ">=", "**", "//", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|", "=", "<", ">",
      "+",
      "-", "*", "/", "%", "~",
    ]

    private mutating func word() throws(Failure) -> Token.Kind {
      let scalar = source[position]
      if scalar == "'" || scalar == "\"" { return .string(try string(scalar)) }
      if scalar.properties.isXIDStart || scalar == "_" {
        return .name(take { $0.properties.isXIDContinue })
      }
      if ("0"..."9").contains(scalar) { return try number() }
      guard let mark = Self.marks.first(where: { matches($0) }) else {
        throw Failure(line: line, reason: "the character '\(scalar)' is not supported here")
      }
      advance(mark.unicodeScalars.count)
      return .mark(mark)
    }

    private mutating func take(while isPart: (Unicode.Scalar) -> Bool) -> String {
      let start = position
      while position < source.count, isPart(source[position]) { advance() }
      return String(String.UnicodeScalarView(source[start..<position]))
    }

    private mutating func number() throws(Failure) -> Token.Kind {
      var text = take { ("0"..."9").contains($0) || $0 == "_" }.filter { $0 != "_" }
      let next = position + 1 < source.count ? source[position + 1] : " "
      if matches("."), ("0"..."9").contains(next) {
        advance()
        text += "." + take { ("0"..."9").contains($0) }
      }
      if matches("e") || matches("E") {
        advance()
        text += "e" + (matches("-") || matches("+") ? take { $0 == "-" || $0 == "+" } : "")
        text += take { ("0"..."9").contains($0) }
      }
      if let integer = Int(text) { return .int(integer) }
      guard let real = Double(text) else {
        throw Failure(line: line, reason: "the number \(text) is too large")
      }
      return .real(real)
    }

    private mutating func string(_ quote: Unicode.Scalar) throws(Failure) -> String {
      let start = line
      advance()
      var text = String.UnicodeScalarView()
      while position < source.count {
        let scalar = source[position]
        advance()
        if scalar == quote { return String(text) }
        guard scalar == "\\", position < source.count else {
          text.append(scalar)
          continue
        }
        let escaped = source[position]
        advance()
        switch escaped {
        case "n": text.append("\n")
        case "t": text.append("\t")
        case "r": text.append("\r")
        case "a": text.append("\u{7}")
        case "b": text.append("\u{8}")
        case "f": text.append("\u{c}")
        case "v": text.append("\u{b}")
        case "\n": break
        case "\\", "'", "\"": text.append(escaped)
        case "x": text.append(try code(digits: 2))
        case "u": text.append(try code(digits: 4))
        case "U": text.append(try code(digits: 8))
        case "0"..."9", "N": throw Failure(line: line, reason: "the escape '\\\(escaped)' is not supported")
        // As in Python, an escape that is none stays as it is.
        default: text.append(contentsOf: ["\\", escaped])
        }
      }
      throw Failure(line: start, reason: "text does not end")
    }

    /// The character of a hexadecimal escape.
    private mutating func code(digits: Int) throws(Failure) -> Unicode.Scalar {
      let text = String(String.UnicodeScalarView(source[position...].prefix(digits)))
      guard text.unicodeScalars.count == digits, text.allSatisfy(\.isHexDigit),
        let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init)
      else { throw Failure(line: line, reason: "an escape that is no character") }
      advance(digits)
      return scalar
    }
  }
}
