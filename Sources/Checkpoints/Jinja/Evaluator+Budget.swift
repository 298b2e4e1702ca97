/// What a render may cost. A template comes from a stranger: all that it does is paid for by the size of what it
/// reads or makes, so that a few bytes of it can neither take minutes nor fill the memory.
extension Jinja.Evaluator {
  /// Units of one render: a byte of text is one.
  static let workLimit = 16 << 20
  /// Units of a step: an expression, a statement, a round of a loop.
  static let stepCost = 16
  /// Units of an item that is read or made.
  static let itemCost = 8
  /// Bytes that a render may print.
  static let outputLimit = 1 << 20
  /// Expressions and blocks that are evaluated within each other, macros included. Each takes about a kilobyte of
  /// stack, of which a thread may have as little as 512.
  static let levelLimit = 160
  /// Lists and mappings within each other.
  static let valueDepthLimit = 64

  func tooMuch(_ line: Int) -> Failure {
    Failure(line: line, reason: "the template does too much work")
  }

  /// Pays for work before it is done: `units`, `count` times.
  mutating func charge(_ units: Int, times count: Int = 1, _ line: Int) throws(Failure) {
    let (product, overflow) = units.multipliedReportingOverflow(by: count)
    let (sum, overflowsSum) = work.addingReportingOverflow(max(0, product))
    guard !overflow, !overflowsSum, sum <= Self.workLimit else { throw tooMuch(line) }
    work = sum
    charges &+= 1
    if charges & 0xFF == 0, isCancelled() { throw Failure(line: line, reason: "interrupted") }
  }

  mutating func step(_ line: Int) throws(Failure) { try charge(Self.stepCost, line) }

  /// Pays for items that are read or made.
  mutating func charge(items count: Int, _ line: Int) throws(Failure) {
    try charge(Self.itemCost, times: count, line)
  }

  /// Pays for looking for one text in another, in the worst case.
  mutating func charge(searching text: String, for part: String, _ line: Int) throws(Failure) {
    try charge(1 + text.utf8.count, times: 1 + part.utf8.count, line)
  }

  /// A text that has been made.
  mutating func text(_ text: String, _ line: Int) throws(Failure) -> Value {
    try charge(text.utf8.count, line)
    return .string(text)
  }

  /// A list that has been made.
  mutating func list(_ items: [Value], _ line: Int) throws(Failure) -> Value {
    try charge(items: 1 + items.count, line)
    let list = Jinja.List(items)
    guard list.depth <= Self.valueDepthLimit else { throw tooDeep(line) }
    return .list(list)
  }

  /// Texts that have been made.
  mutating func list(texts: [String], _ line: Int) throws(Failure) -> Value {
    try charge(items: 1 + texts.count, line)
    return .texts(texts)
  }

  /// A mapping that has been made, its names each there once.
  mutating func mapping(_ members: [(key: String, value: Value)], _ line: Int) throws(Failure) -> Value {
    try charge(items: 2 + 2 * members.count, line)
    let mapping = Jinja.Mapping(members)
    guard mapping.depth <= Self.valueDepthLimit else { throw tooDeep(line) }
    return .dict(mapping)
  }

  private func tooDeep(_ line: Int) -> Failure {
    Failure(line: line, reason: "values are nested deeper than \(Self.valueDepthLimit)")
  }
}
