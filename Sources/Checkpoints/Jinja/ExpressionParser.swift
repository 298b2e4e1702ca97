extension Jinja {
  /// Turns the tokens of one tag into an expression; a method a level of precedence.
  struct ExpressionParser {
    private var tokens: ArraySlice<Token>
    private var line: Int
    private var depth = 0
    private static let depthLimit = 64

    init(_ tokens: [Token], line: Int) {
      self.tokens = tokens[...]
      self.line = line
    }

    // MARK: Words

    private func failure(_ reason: String) -> Failure {
      Failure(line: tokens.first?.line ?? line, reason: reason)
    }

    private func nextIs(_ mark: String) -> Bool { tokens.first?.kind == .mark(mark) }

    private func nextIsName(_ name: String) -> Bool { tokens.first?.kind == .name(name) }

    mutating func take(_ mark: String) -> Bool {
      guard nextIs(mark) else { return false }
      tokens.removeFirst()
      return true
    }

    mutating func takeName(_ name: String) -> Bool {
      guard nextIsName(name) else { return false }
      tokens.removeFirst()
      return true
    }

    mutating func expect(_ mark: String) throws(Failure) {
      guard take(mark) else { throw failure("'\(mark)' is expected, found \(found)") }
    }

    mutating func name() throws(Failure) -> String {
      guard case .name(let name)? = tokens.first?.kind else {
        throw failure("a name is expected, found \(found)")
      }
      tokens.removeFirst()
      return name
    }

    func finish() throws(Failure) {
      if !tokens.isEmpty { throw failure("\(found) is not expected") }
    }

    private var found: String {
      switch tokens.first?.kind {
      case .name(let name): "'\(name)'"
      case .string(let text): "text '\(text.prefix(32))'"
      case .int(let value): "\(value)"
      case .real(let value): "\(value)"
      case .mark(let mark): "'\(mark)'"
      case nil: "the end of the tag"
      }
    }

    // MARK: Levels

    /// An expression up to the end of the tag. A comma outside of brackets makes a list of it.
    mutating func whole() throws(Failure) -> Expression {
      let first = try expression()
      var items = [first]
      while take(",") {
        if tokens.isEmpty { break }
        items.append(try expression())
      }
      try finish()
      return items.count == 1 ? first : try Expression(.list(items), line: first.line)
    }

    mutating func expression() throws(Failure) -> Expression {
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.depthLimit else { throw failure("an expression is nested too deep") }
      var value = try withoutChoice()
      while takeName("if") {
        let condition = try withoutChoice()
        let otherwise = takeName("else") ? try expression() : nil
        value = try Expression(.choice(condition, value, otherwise: otherwise), line: value.line)
      }
      return value
    }

    mutating func withoutChoice() throws(Failure) -> Expression {
      var left = try conjunction()
      while takeName("or") {
        left = try Expression(.binary("or", left, try conjunction()), line: left.line)
      }
      return left
    }

    private mutating func conjunction() throws(Failure) -> Expression {
      var left = try negation()
      while takeName("and") {
        left = try Expression(.binary("and", left, try negation()), line: left.line)
      }
      return left
    }

    private mutating func negation() throws(Failure) -> Expression {
      let line = tokens.first?.line ?? line
      var count = 0
      while takeName("not") { count += 1 }
      var value = try comparison()
      // Twice is not nothing: it makes a boolean.
      for _ in 0..<(count > 2 ? 2 - count % 2 : count) { value = try Expression(.not(value), line: line) }
      return value
    }

    private mutating func comparison() throws(Failure) -> Expression {
      let left = try sum()
      var result: Expression?
      var previous = left
      while let mark = comparisonMark() {
        let right = try sum()
        let operation = mark == "not in" ? "in" : mark
        var step = try Expression(.binary(operation, previous, right), line: left.line)
        if mark == "not in" { step = try Expression(.not(step), line: left.line) }
        // a < b < c is a < b and b < c.
        if let before = result {
          result = try Expression(.binary("and", before, step), line: left.line)
        } else {
          result = step
        }
        previous = right
      }
      return result ?? left
    }

    private mutating func comparisonMark() -> String? {
      for mark in ["==", "!=", "<=", ">=", "<", ">"] where take(mark) { return mark }
      if takeName("in") { return "in" }
      guard nextIsName("not"), tokens.dropFirst().first?.kind == .name("in") else { return nil }
      tokens.removeFirst(2)
      return "not in"
    }

    private mutating func sum() throws(Failure) -> Expression {
      var left = try concatenation()
      while let mark = ["+", "-"].first(where: nextIs) {
        tokens.removeFirst()
        left = try Expression(.binary(mark, left, try concatenation()), line: left.line)
      }
      return left
    }

    private mutating func concatenation() throws(Failure) -> Expression {
      var left = try product()
      while take("~") { left = try Expression(.binary("~", left, try product()), line: left.line) }
      return left
    }

    private mutating func product() throws(Failure) -> Expression {
      var left = try power()
      while let mark = ["*", "//", "/", "%"].first(where: nextIs) {
        tokens.removeFirst()
        left = try Expression(.binary(mark, left, try power()), line: left.line)
      }
      return left
    }

    private mutating func power() throws(Failure) -> Expression {
      var left = try unary()
      while take("**") { left = try Expression(.binary("**", left, try unary()), line: left.line) }
      return left
    }

    /// Filters belong to the value with its sign.
    private mutating func unary() throws(Failure) -> Expression { try filters(try signed()) }

    private mutating func signed() throws(Failure) -> Expression {
      let line = tokens.first?.line ?? line
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.depthLimit else { throw failure("an expression is nested too deep") }
      if take("-") { return try Expression(.negate(try signed()), line: line) }
      if take("+") { return try signed() }
      return try postfix(try primary())
    }

    private mutating func primary() throws(Failure) -> Expression {
      guard let token = tokens.popFirst() else { throw failure("an expression is expected") }
      line = token.line
      func literal(_ value: Value) throws(Failure) -> Expression {
        return try Expression(.literal(value), line: token.line)
      }
      switch token.kind {
      case .string(var text):
        // Strings beside each other are one.
        while case .string(let more)? = tokens.first?.kind {
          text += more
          tokens.removeFirst()
        }
        return try literal(.string(text))
      case .int(let value): return try literal(.int(value))
      case .real(let value): return try literal(.real(value))
      case .name("true"), .name("True"): return try literal(.bool(true))
      case .name("false"), .name("False"): return try literal(.bool(false))
      case .name("none"), .name("None"): return try literal(.none)
      case .name(let name): return try Expression(.name(name), line: token.line)
      case .mark("("):
        let (items, isList) = try items(until: ")")
        return items.count == 1 && !isList ? items[0] : try Expression(.list(items), line: token.line)
      case .mark("["): return try Expression(.list(try items(until: "]").items), line: token.line)
      case .mark("{"): return try dict(token.line)
      case .mark(let mark): throw Failure(line: token.line, reason: "'\(mark)' is not expected")
      }
    }

    private mutating func items(until close: String) throws(Failure) -> (items: [Expression], isList: Bool) {
      var items: [Expression] = []
      var sawComma = false
      while !take(close) {
        items.append(try expression())
        if take(close) { return (items, sawComma) }
        try expect(",")
        sawComma = true
      }
      return (items, sawComma || items.isEmpty)
    }

    private mutating func dict(_ line: Int) throws(Failure) -> Expression {
      var members: [(Expression, Expression)] = []
      while !take("}") {
        let key = try expression()
        try expect(":")
        members.append((key, try expression()))
        if take("}") { break }
        try expect(",")
      }
      return try Expression(.dict(members), line: line)
    }

    // MARK: What follows a value

    private mutating func postfix(_ value: Expression) throws(Failure) -> Expression {
      var value = value
      while true {
        if take(".") {
          value = try Expression(.attribute(value, try name()), line: value.line)
        } else if take("[") {
          value = try subscripted(value)
        } else if nextIs("(") {
          value = try Expression(.call(value, try arguments()), line: value.line)
        } else {
          return value
        }
      }
    }

    private mutating func subscripted(_ value: Expression) throws(Failure) -> Expression {
      var parts: [Expression?] = [nil]
      while !take("]") {
        if take(":") {
          parts.append(nil)
        } else {
          guard parts[parts.count - 1] == nil else { throw failure("']' is expected, found \(found)") }
          parts[parts.count - 1] = try expression()
        }
      }
      if parts.count == 1 {
        guard let index = parts[0] else { throw failure("an empty subscript") }
        return try Expression(.item(value, index), line: value.line)
      }
      guard parts.count <= 3 else { throw failure("a slice has at most three parts") }
      return try Expression(
        .slice(value, parts[0], parts[1], parts.count > 2 ? parts[2] : nil), line: value.line)
    }

    private mutating func arguments() throws(Failure) -> Arguments {
      try expect("(")
      var arguments = Arguments()
      while !take(")") {
        if case .name(let name)? = tokens.first?.kind, tokens.dropFirst().first?.kind == .mark("=") {
          tokens.removeFirst(2)
          arguments.named.append((name, try expression()))
        } else {
          arguments.positional.append(try expression())
        }
        if take(")") { break }
        try expect(",")
      }
      return arguments
    }

    private mutating func filters(_ value: Expression) throws(Failure) -> Expression {
      var value = value
      while true {
        if take("|") {
          let name = try name()
          let arguments = nextIs("(") ? try arguments() : Arguments()
          value = try postfix(try Expression(.filter(value, name, arguments), line: value.line))
        } else if takeName("is") {
          let isNegated = takeName("not")
          let test = try Expression(.test(value, try name(), try testArguments()), line: value.line)
          value = isNegated ? try Expression(.not(test), line: value.line) : test
        } else {
          return value
        }
      }
    }

    /// Filters after the first mark of a block: `name`, `name(...)`, joined by `|`.
    mutating func filterNames() throws(Failure) -> [(String, Arguments)] {
      var filters: [(String, Arguments)] = []
      repeat {
        let name = try name()
        filters.append((name, nextIs("(") ? try arguments() : Arguments()))
      } while take("|")
      return filters
    }

    /// In brackets, or one value without them.
    private mutating func testArguments() throws(Failure) -> Arguments {
      if nextIs("(") { return try arguments() }
      switch tokens.first?.kind {
      case .name("else"), .name("or"), .name("and"), nil: return Arguments()
      case .name("is"): throw failure("a test of a test")
      case .name, .string, .int, .real, .mark("["), .mark("{"):
        return Arguments(positional: [try postfix(try primary())])
      case .mark: return Arguments()
      }
    }
  }
}
