/// The part of Jinja that chat templates use, with the options Hugging Face sets: `trim_blocks` and
/// `lstrip_blocks`. Anything outside that part is an error which names it, never a guess.
package enum Jinja {
  /// What is wrong with a template, and in which line.
  package struct Failure: Error, Equatable {
    package var line: Int
    package var reason: String

    /// Creates a failure.
    package init(line: Int, reason: String) {
      self.line = line
      self.reason = reason
    }
  }

  /// Evaluates a template.
  package static func render(_ template: String, _ variables: [String: Value]) throws(Failure) -> String {
    let pieces = try Lexer.pieces(of: template)
    var parser = Parser(pieces)
    let body = try parser.body()
    var evaluator = Evaluator(variables)
    return try evaluator.render(body)
  }
}
