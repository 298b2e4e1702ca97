extension Jinja {
  /// Turns pieces into statements.
  struct Parser {
    private var pieces: ArraySlice<Piece>
    private var depth = 0
    private var loops = 0
    private static let depthLimit = 64

    init(_ pieces: [Piece]) { self.pieces = pieces[...] }

    /// A whole template.
    mutating func body() throws(Failure) -> [Statement] {
      let (statements, end) = try statements(until: [])
      if let end { throw Failure(line: end.line, reason: "'\(end.word)' ends nothing") }
      return statements
    }

    private struct End {
      var word: String
      var expression: ExpressionParser
      var line: Int
    }

    /// Statements up to a tag that starts with one of the words.
    private mutating func statements(until words: [String]) throws(Failure) -> ([Statement], End?) {
      depth += 1
      defer { depth -= 1 }
      var statements: [Statement] = []
      while let piece = pieces.popFirst() {
        switch piece {
        case .text(let text, let line): statements.append(.text(text, line: line))
        case .output(let tokens, let line):
          var parser = ExpressionParser(tokens, line: line)
          statements.append(.output(try parser.whole()))
        case .tag(let tokens, let line):
          guard depth <= Self.depthLimit else {
            throw Failure(line: line, reason: "tags are nested too deep")
          }
          var parser = ExpressionParser(tokens, line: line)
          let word = try parser.name()
          if words.contains(word) { return (statements, End(word: word, expression: parser, line: line)) }
          if let statement = try statement(word, &parser, line) { statements += statement }
        }
      }
      return (statements, nil)
    }

    /// Statements of a block that must end with one of the words.
    private mutating func block(
      _ name: String, _ line: Int, until words: [String]
    ) throws(Failure) -> ([Statement], End) {
      let (statements, end) = try statements(until: words)
      guard let end else { throw Failure(line: line, reason: "'\(name)' has no '\(words.last ?? "end")'") }
      return (statements, end)
    }

    private mutating func statement(
      _ word: String, _ parser: inout ExpressionParser, _ line: Int
    ) throws(Failure) -> [Statement]? {
      switch word {
      case "if": return [try branch(&parser, line)]
      case "for": return [try loop(&parser, line)]
      case "set": return [try assignment(&parser, line)]
      case "with": return [try with(&parser, line)]
      case "macro": return [try macro(&parser, line)]
      case "filter":
        let filters = try parser.filterNames()
        try parser.finish()
        let (body, end) = try block("filter", line, until: ["endfilter"])
        try end.expression.finish()
        return [.filterBlock(filters, body, line: line)]
      case "generation":
        // Marks what the assistant says, for training; prints its content.
        try parser.finish()
        return try block("generation", line, until: ["endgeneration"]).0
      case "break", "continue":
        try parser.finish()
        guard loops > 0 else { throw Failure(line: line, reason: "'\(word)' outside of a loop") }
        return [word == "break" ? .leaveLoop : .nextRound]
      default: throw Failure(line: line, reason: "the tag '\(word)' is not supported")
      }
    }

    private mutating func branch(_ parser: inout ExpressionParser, _ line: Int) throws(Failure) -> Statement {
      var branches: [(Expression, [Statement])] = []
      var condition = try parser.whole()
      while true {
        let (body, end) = try block("if", line, until: ["elif", "else", "endif"])
        branches.append((condition, body))
        var rest = end.expression
        switch end.word {
        case "elif": condition = try rest.whole()
        case "else":
          try rest.finish()
          let (otherwise, last) = try block("else", end.line, until: ["endif"])
          try last.expression.finish()
          return .branch(branches, otherwise: otherwise)
        default:
          try rest.finish()
          return .branch(branches, otherwise: [])
        }
      }
    }

    private mutating func loop(_ parser: inout ExpressionParser, _ line: Int) throws(Failure) -> Statement {
      var names = [try parser.name()]
      while parser.take(",") { names.append(try parser.name()) }
      guard parser.takeName("in") else { throw Failure(line: line, reason: "'for' without 'in'") }
      let sequence = try parser.withoutChoice()
      let condition = parser.takeName("if") ? try parser.expression() : nil
      try parser.finish()
      loops += 1
      var (body, end) = try block("for", line, until: ["else", "endfor"])
      loops -= 1
      try end.expression.finish()
      var otherwise: [Statement] = []
      if end.word == "else" {
        (otherwise, end) = try block("else", end.line, until: ["endfor"])
        try end.expression.finish()
      }
      return .loop(
        Loop(
          names: names, sequence: sequence, condition: condition, body: body, otherwise: otherwise, line: line
        ))
    }

    private mutating func assignment(
      _ parser: inout ExpressionParser, _ line: Int
    ) throws(Failure) -> Statement {
      var names = [try parser.name()]
      if parser.take(".") {
        let member = try parser.name()
        try parser.expect("=")
        return .setMember(names[0], member, try parser.whole(), line: line)
      }
      while parser.take(",") { names.append(try parser.name()) }
      if parser.take("=") { return .set(names, try parser.whole()) }
      let filters = parser.take("|") ? try parser.filterNames() : []
      try parser.finish()
      guard names.count == 1 else { throw Failure(line: line, reason: "a 'set' block has one name") }
      let (body, end) = try block("set", line, until: ["endset"])
      try end.expression.finish()
      return .setBlock(names[0], filters, body, line: line)
    }

    private mutating func with(_ parser: inout ExpressionParser, _ line: Int) throws(Failure) -> Statement {
      var variables: [(String, Expression)] = []
      repeat {
        let name = try parser.name()
        try parser.expect("=")
        variables.append((name, try parser.expression()))
      } while parser.take(",")
      try parser.finish()
      let (body, end) = try block("with", line, until: ["endwith"])
      try end.expression.finish()
      return .with(variables, body, line: line)
    }

    private mutating func macro(_ parser: inout ExpressionParser, _ line: Int) throws(Failure) -> Statement {
      let name = try parser.name()
      try parser.expect("(")
      var parameters: [(name: String, standard: Expression?)] = []
      while !parser.take(")") {
        let parameter = try parser.name()
        parameters.append((parameter, parser.take("=") ? try parser.expression() : nil))
        if parser.take(")") { break }
        try parser.expect(",")
      }
      try parser.finish()
      let outside = loops
      loops = 0
      let (body, _) = try block("macro", line, until: ["endmacro"])
      loops = outside
      return .macro(Macro(name: name, parameters: parameters, body: body, line: line))
    }
  }
}
