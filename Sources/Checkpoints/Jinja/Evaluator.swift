extension Jinja {
  /// Runs statements. Loops open a scope, branches do not, as in Jinja.
  struct Evaluator {
    var scopes: [[String: Value]]
    private var output = ""
    private var steps = 0

    private var calls = 0

    static let callLimit = 32
    static let stepLimit = 1_000_000
    static let outputLimit = 1 << 20

    init(_ variables: [String: Value]) { scopes = [variables, [:]] }

    /// How a run of statements ended.
    private enum Flow {
      case end
      case leaveLoop
      case nextRound
    }

    mutating func render(_ body: [Statement]) throws(Failure) -> String {
      _ = try run(body)
      return output
    }

    mutating func count(_ line: Int) throws(Failure) {
      steps += 1
      guard steps <= Self.stepLimit, output.utf8.count <= Self.outputLimit else {
        throw Failure(line: line, reason: "the template does too much work")
      }
    }

    private mutating func run(_ body: [Statement]) throws(Failure) -> Flow {
      for statement in body {
        let flow = try run(statement)
        if flow != .end { return flow }
      }
      return .end
    }

    private mutating func run(_ statement: Statement) throws(Failure) -> Flow {
      switch statement {
      case .text(let text): output += text
      case .output(let expression):
        try count(expression.line)
        let value = try evaluate(expression)
        guard let text = value.printed else {
          throw Failure(line: expression.line, reason: "printing \(value.kind) is not supported")
        }
        output += text
      case .branch(let branches, let otherwise):
        for (condition, body) in branches where try evaluate(condition).isTrue { return try run(body) }
        return try run(otherwise)
      case .loop(let loop): try run(loop)
      case .set(let names, let expression): try bind(names, try evaluate(expression), expression.line)
      case .setMember(let name, let member, let expression, let line):
        guard case .namespace(let space) = lookup(name) else {
          throw Failure(line: line, reason: "'\(name)' is not a namespace")
        }
        space.members[member] = try evaluate(expression)
      case .setBlock(let name, let filters, let body, let line):
        scopes[scopes.count - 1][name] = try filtered(try captured(body), filters, line)
      case .filterBlock(let filters, let body, let line):
        let value = try filtered(try captured(body), filters, line)
        guard let text = value.printed else {
          throw Failure(line: line, reason: "printing \(value.kind) is not supported")
        }
        output += text
      case .with(let variables, let body, let line):
        try count(line)
        var scope: [String: Value] = [:]
        for (name, expression) in variables { scope[name] = try evaluate(expression) }
        scopes.append(scope)
        defer { scopes.removeLast() }
        return try run(body)
      case .macro(let macro): scopes[scopes.count - 1][macro.name] = .macro(macro)
      case .leaveLoop: return .leaveLoop
      case .nextRound: return .nextRound
      }
      return .end
    }

    /// What statements print.
    private mutating func captured(_ body: [Statement]) throws(Failure) -> Value {
      let before = output
      output = ""
      defer { output = before }
      _ = try run(body)
      return .string(output)
    }

    private mutating func filtered(
      _ value: Value, _ filters: [(String, Arguments)], _ line: Int
    ) throws(Failure) -> Value {
      var value = value
      for (name, arguments) in filters {
        value = try filter(name, value, try self.arguments(arguments), line)
      }
      return value
    }

    /// What a macro prints. It sees the template's own variables, not those of whoever calls it.
    mutating func call(_ macro: Macro, _ values: Values, _ line: Int) throws(Failure) -> Value {
      try count(line)
      calls += 1
      defer { calls -= 1 }
      guard calls <= Self.callLimit else {
        throw Failure(line: line, reason: "macros call each other too deep")
      }
      guard values.positional.count <= macro.parameters.count,
        values.named.keys.allSatisfy({ name in macro.parameters.contains { $0.name == name } })
      else { throw Failure(line: line, reason: "the macro '\(macro.name)' does not take these arguments") }
      let outside = scopes
      defer { scopes = outside }
      scopes = Array(scopes.prefix(2)) + [[:]]
      for (index, parameter) in macro.parameters.enumerated() {
        let given = values[index] ?? values.named[parameter.name]
        scopes[2][parameter.name] = .undefined(parameter.name)
        if let given {
          scopes[2][parameter.name] = given
        } else if let standard = parameter.standard {
          scopes[2][parameter.name] = try evaluate(standard)
        }
      }
      return try captured(macro.body)
    }

    private mutating func run(_ loop: Loop) throws(Failure) {
      var items = try elements(of: try evaluate(loop.sequence), loop.line)
      scopes.append([:])
      defer { scopes.removeLast() }
      if let condition = loop.condition {
        var kept: [Value] = []
        for item in items {
          try bind(loop.names, item, loop.line)
          if try evaluate(condition).isTrue { kept.append(item) }
        }
        items = kept
      }
      for (index, item) in items.enumerated() {
        try count(loop.line)
        scopes[scopes.count - 1] = ["loop": Self.state(index, items)]
        try bind(loop.names, item, loop.line)
        if try run(loop.body) == .leaveLoop { break }
      }
      if items.isEmpty { _ = try run(loop.otherwise) }
    }

    /// What a template sees as `loop`.
    private static func state(_ index: Int, _ items: [Value]) -> Value {
      .dict([
        ("index", .int(index + 1)), ("index0", .int(index)), ("first", .bool(index == 0)),
        ("last", .bool(index == items.count - 1)), ("length", .int(items.count)),
        ("revindex", .int(items.count - index)), ("revindex0", .int(items.count - index - 1)),
        ("previtem", index > 0 ? items[index - 1] : .undefined("loop.previtem")),
        ("nextitem", index + 1 < items.count ? items[index + 1] : .undefined("loop.nextitem")),
      ])
    }

    private mutating func bind(_ names: [String], _ value: Value, _ line: Int) throws(Failure) {
      if names.count == 1 {
        scopes[scopes.count - 1][names[0]] = value
        return
      }
      guard case .list(let parts) = value, parts.count == names.count else {
        throw Failure(line: line, reason: "\(value.kind) cannot be unpacked into \(names.count) names")
      }
      for (name, part) in zip(names, parts) { scopes[scopes.count - 1][name] = part }
    }

    func lookup(_ name: String) -> Value {
      for scope in scopes.reversed() {
        if let value = scope[name] { return value }
      }
      return .undefined(name)
    }

    /// What a loop runs over: items, keys of a mapping, characters of text.
    func elements(of value: Value, _ line: Int) throws(Failure) -> [Value] {
      switch value {
      case .list(let items): return items
      case .dict(let members): return members.map { .string($0.key) }
      case .string(let text): return text.unicodeScalars.map { .string(String($0)) }
      case .undefined: return []
      default: throw Failure(line: line, reason: "\(value.kind) cannot be looped over")
      }
    }
  }
}
