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

    /// Bytes of the longest template; those in use have some ten thousand.
    static let sizeLimit = 1 << 20

    init(_ source: String) throws(Failure) {
      guard source.utf8.count <= Self.sizeLimit else {
        throw Failure(
          line: 1, reason: "the template has \(source.utf8.count) bytes, at most \(Self.sizeLimit) are read")
      }
      var parser = Parser(try Lexer.pieces(of: source))
      body = try parser.body()
    }

    /// What the template prints.
    ///
    /// - Parameter isCancelled: asked now and then whether to give up.
    func render(
      _ variables: [String: Value], isCancelled: @escaping () -> Bool = { false }
    ) throws(Failure) -> String {
      var evaluator = Evaluator(variables, isCancelled: isCancelled)
      return try evaluator.render(body)
    }
  }

  /// Evaluates a template.
  package static func render(_ template: String, _ variables: [String: Value]) throws(Failure) -> String {
    try Template(template).render(variables)
  }
}
