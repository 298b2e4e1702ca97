/// The part of Jinja that chat templates use, with the options Hugging Face sets: `trim_blocks` and
/// `lstrip_blocks`. Anything outside that part is an error which names it, never a guess.
package enum Jinja {
  /// What is wrong with a template, and in which line.
  package struct Failure: Error, Equatable {
    package var line: Int
    package var reason: String
    /// Whether the template itself refuses what it is given, by `raise_exception`.
    package var isRefusal: Bool

    /// Creates a failure.
    package init(line: Int, reason: String, isRefusal: Bool = false) {
      self.line = line
      self.reason = reason
      self.isRefusal = isRefusal
    }
  }

  /// A template that has been read, to be evaluated as often as needed.
  struct Template {
    private let body: [Statement]

    init(_ source: String) throws(Failure) {
      var parser = Parser(try Lexer.pieces(of: source))
      body = try parser.body()
    }

    func render(_ variables: [String: Value]) throws(Failure) -> String {
      var evaluator = Evaluator(variables)
      return try evaluator.render(body)
    }
  }

  /// Evaluates a template.
  package static func render(_ template: String, _ variables: [String: Value]) throws(Failure) -> String {
    try Template(template).render(variables)
  }
}
