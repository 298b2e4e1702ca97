package import Grammars
internal import Inference

/// What an answer has to be, whatever the weights make of the prompt: JSON that holds a schema, or a text of a grammar.
///
/// An answer is whole at its end wherever it may have as many tokens as the shortest text of the grammar has bytes. Two
/// grammars of one source are equal, and models remember what they found out about one.
public struct OutputGrammar: Equatable, Sendable {
  let grammar: Grammar
  let source: String

  /// A grammar with a text that tells it from others.
  package init(_ grammar: Grammar, from source: String) { (self.grammar, self.source) = (grammar, source) }

  /// JSON that holds a schema. Whatever of the schema is not supported is an error that names it.
  public init(jsonSchema: String) throws(EspalierError) {
    self.init(try Self.compiled { try Grammar(jsonSchema: jsonSchema) }, from: "schema " + jsonSchema)
  }

  /// A text of a grammar in the notation of llama.cpp, GBNF.
  public init(gbnf: String) throws(EspalierError) {
    self.init(try Self.compiled { try Grammar(gbnf: gbnf) }, from: "gbnf " + gbnf)
  }

  /// Any JSON object.
  public static let json = OutputGrammar(Grammar.json, from: "json")

  /// Whether both come of the same source.
  public static func == (left: Self, right: Self) -> Bool { left.source == right.source }

  private static func compiled(_ make: () throws -> Grammar) throws(EspalierError) -> Grammar {
    do { return try make() } catch { throw EspalierError(kind: .settings, description: "\(error)") }
  }
}
