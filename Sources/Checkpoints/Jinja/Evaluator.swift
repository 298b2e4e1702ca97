extension Jinja {
  /// Runs statements. Loops open a scope, branches do not, as in Jinja.
  struct Evaluator {
    var scopes: [[String: Value]]
    /// Whether the render shall end; asked now and then.
    let isCancelled: () -> Bool
    /// Units of work done, and how often some were paid.
    var work = 0
    var charges = 0
    /// All namespaces that were made. They may hold each other, in chains and circles, so none is released before
    /// the end, and then one by one.
    var namespaces: [Namespace] = []
    private var output = ""
    private var levels = 0

    init(_ variables: [String: Value], isCancelled: @escaping () -> Bool = { false }) {
      scopes = [variables, [:]]
      self.isCancelled = isCancelled
    }

    /// How a run of statements ended.
    private enum Flow {
      case end
      case leaveLoop
      case nextRound
    }

    mutating func render(_ body: [Statement]) throws(Failure) -> String {
      defer { for namespace in namespaces { namespace.members = [:] } }
      _ = try run(body, 1)
      return output
    }

    /// Goes one level down; a `defer` brings it up again.
    mutating func enter(_ line: Int) throws(Failure) {
      levels += 1
      guard levels <= Self.levelLimit else {
        throw Failure(line: line, reason: "expressions, tags and macros are nested too deep")
      }
    }

    mutating func leave() { levels -= 1 }

    private mutating func print(_ text: String, _ line: Int) throws(Failure) {
      try charge(text.utf8.count, line)
      guard output.utf8.count + text.utf8.count <= Self.outputLimit else { throw tooMuch(line) }
      output += text
    }

    private mutating func run(_ body: [Statement], _ line: Int) throws(Failure) -> Flow {
      // What cannot be entered is left as well: an error ends the whole render.
      defer { leave() }
      try enter(line)
      for statement in body {
        let flow = try run(statement)
        if flow != .end { return flow }
      }
      return .end
    }

    private mutating func run(_ statement: Statement) throws(Failure) -> Flow {
      switch statement {
      case .text(let text, let line): try print(text, line)
      case .output(let expression): try print(try evaluate(expression), expression.line)
      case .branch(let branches, let otherwise):
        for (condition, body) in branches where try evaluate(condition).isTrue {
          return try run(body, condition.line)
        }
        return try run(otherwise, branches.first?.0.line ?? 1)
      case .loop(let loop): try run(loop)
      case .set(let names, let expression): try bind(names, try evaluate(expression), expression.line)
      case .setMember(let name, let member, let expression, let line):
        guard case .namespace(let space) = lookup(name) else {
          throw Failure(line: line, reason: "'\(name)' is not a namespace")
        }
        space.members[member] = try evaluate(expression)
      case .setBlock(let name, let filters, let body, let line):
        scopes[scopes.count - 1][name] = try filtered(try captured(body, line), filters, line)
      case .filterBlock(let filters, let body, let line):
        try print(try filtered(try captured(body, line), filters, line), line)
      case .with(let variables, let body, let line):
        try step(line)
        var scope: [String: Value] = [:]
        for (name, expression) in variables { scope[name] = try evaluate(expression) }
        scopes.append(scope)
        defer { scopes.removeLast() }
        return try run(body, line)
      case .macro(let macro):
        guard scopes.count == 2 else {
          throw Failure(line: macro.line, reason: "a macro within a loop, a macro or 'with' is not supported")
        }
        scopes[1][macro.name] = .macro(macro)
      case .leaveLoop: return .leaveLoop
      case .nextRound: return .nextRound
      }
      return .end
    }

    private mutating func print(_ value: Value, _ line: Int) throws(Failure) {
      guard let text = value.printed else {
        throw Failure(line: line, reason: "printing \(value.kind) is not supported")
      }
      try print(text, line)
    }

    /// What statements print.
    private mutating func captured(_ body: [Statement], _ line: Int) throws(Failure) -> Value {
      let before = output
      output = ""
      defer { output = before }
      _ = try run(body, line)
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
      try step(line)
      guard values.positional.count <= macro.parameters.count,
        values.named.allSatisfy({ named in macro.parameters.contains { $0.name == named.name } })
      else { throw Failure(line: line, reason: "the macro '\(macro.name)' does not take these arguments") }
      let outside = scopes
      defer { scopes = outside }
      scopes = Array(scopes.prefix(2)) + [[:]]
      for (index, parameter) in macro.parameters.enumerated() {
        try step(line)
        let given = values[index] ?? values[name: parameter.name]
        scopes[2][parameter.name] = .undefined(parameter.name)
        if let given {
          scopes[2][parameter.name] = given
        } else if let standard = parameter.standard {
          scopes[2][parameter.name] = try evaluate(standard)
        }
      }
      return try captured(macro.body, line)
    }

    private mutating func run(_ loop: Loop) throws(Failure) {
      var items = try elements(of: try evaluate(loop.sequence), loop.line)
      scopes.append([:])
      defer { scopes.removeLast() }
      if let condition = loop.condition {
        var kept: [Value] = []
        for item in items {
          try step(loop.line)
          try bind(loop.names, item, loop.line)
          if try evaluate(condition).isTrue { kept.append(item) }
        }
        items = kept
      }
      var hasCompleted = false
      for (index, item) in items.enumerated() {
        try charge(items: 16, loop.line)
        scopes[scopes.count - 1] = ["loop": Self.state(index, items)]
        try bind(loop.names, item, loop.line)
        let flow = try run(loop.body, loop.line)
        if flow == .leaveLoop { break }
        if flow == .end { hasCompleted = true }
      }
      // As in Jinja2, also where every round was left early.
      guard !hasCompleted else { return }
      scopes[scopes.count - 1] = [:]
      _ = try run(loop.otherwise, loop.line)
    }

    /// What a template sees as `loop`.
    private static func state(_ index: Int, _ items: [Value]) -> Value {
      .dict([
        ("index", .int(index + 1)), ("index0", .int(index)), ("first", .bool(index == 0)),
        ("last", .bool(index == items.count - 1)), ("length", .int(items.count)),
        ("revindex", .int(items.count - index)), ("revindex0", .int(items.count - index - 1)),
        ("depth", .int(1)), ("depth0", .int(0)),
        ("previtem", index > 0 ? items[index - 1] : .undefined("loop.previtem")),
        ("nextitem", index + 1 < items.count ? items[index + 1] : .undefined("loop.nextitem")),
      ])
    }

    private mutating func bind(_ names: [String], _ value: Value, _ line: Int) throws(Failure) {
      if names.count == 1 {
        scopes[scopes.count - 1][names[0]] = value
        return
      }
      guard case .list(let parts) = value, parts.items.count == names.count else {
        throw Failure(line: line, reason: "\(value.kind) cannot be unpacked into \(names.count) names")
      }
      try charge(items: names.count, line)
      for (name, part) in zip(names, parts.items) { scopes[scopes.count - 1][name] = part }
    }

    func lookup(_ name: String) -> Value {
      for scope in scopes.reversed() {
        if let value = scope[name] { return value }
      }
      return .undefined(name)
    }

    /// What a loop runs over: items, keys of a mapping, characters of text.
    mutating func elements(of value: Value, _ line: Int) throws(Failure) -> [Value] {
      switch value {
      case .list(let list):
        try charge(items: list.items.count, line)
        return list.items
      case .dict(let mapping):
        try charge(items: 2 * mapping.members.count, line)
        return mapping.members.map { .string($0.key) }
      case .string(let text):
        try charge(items: 2 * text.utf8.count, line)
        return text.unicodeScalars.map { .string(String($0)) }
      case .undefined: return []
      default: throw Failure(line: line, reason: "\(value.kind) cannot be looped over")
      }
    }
  }
}
