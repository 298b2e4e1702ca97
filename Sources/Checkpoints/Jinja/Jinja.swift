/// The part of Jinja that chat templates use, with the options Hugging Face sets: `trim_blocks` and
/// `lstrip_blocks`. Anything outside that part is an error which names it, never a guess.
enum Jinja {
  /// What is wrong with a template, and in which line.
  struct Failure: Error, Equatable {
    var line: Int
    var reason: String
  }

  /// Evaluates a template.
  static func render(_ template: String, _ variables: [String: Value]) throws(Failure) -> String {
    let pieces = try Lexer.pieces(of: template)
    var parser = Parser(pieces)
    let body = try parser.body()
    var evaluator = Evaluator(variables)
    return try evaluator.render(body)
  }
}
