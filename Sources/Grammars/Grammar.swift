package import JSONReading

/// A language that answers can be held to: a context-free grammar, compiled once and shared.
public struct Grammar: Sendable {
  let automaton: Automaton

  init(_ rules: RuleSet, root: Int) throws(GrammarError) { automaton = try rules.automaton(root: root) }

  init(_ automaton: Automaton) { self.automaton = automaton }

  /// Reads a grammar in the notation of llama.cpp, GBNF.
  ///
  /// The rule `root` is where it begins. Characters are Unicode code points; the compiled grammar reads UTF-8, so tokens may
  /// end within a character. Rules that may begin with themselves are refused.
  public init(gbnf: String) throws(GrammarError) {
    var parser = try GBNFParser(gbnf)
    let (rules, root) = try parser.ruleSet()
    try self.init(rules, root: root)
  }

  /// Compiles a JSON Schema, so that every answer is a JSON value that satisfies it.
  ///
  /// Properties come in the order of the schema. What is not supported is refused by its keyword and place; nothing is
  /// ignored but annotations.
  public init(jsonSchema: String) throws(GrammarError) {
    guard jsonSchema.utf8.count <= GrammarLimits.sourceBytes else {
      throw .tooLarge(what: "bytes of a schema", limit: GrammarLimits.sourceBytes)
    }
    let schema: JSON
    do { schema = try JSONParser.parse(Array(jsonSchema.utf8)) } catch {
      throw .invalidJSON(line: error.line, reason: error.reason)
    }
    try self.init(jsonSchema: schema)
  }

  /// Compiles a JSON Schema that has been read.
  package init(jsonSchema: JSON) throws(GrammarError) {
    var compiler = SchemaCompiler(jsonSchema)
    let (rules, root) = try compiler.ruleSet()
    do { try self.init(rules, root: root) } catch {
      switch error {
      case .leftRecursion(let place):
        throw .invalidSchema(pointer: place, reason: "refers to itself with nothing between")
      case .unsatisfiable: throw .unsatisfiable("the schema")
      default: throw error
      }
    }
  }

  /// Any JSON object.
  ///
  /// A grammar cannot remember names, so an object may have one twice.
  public static let json = anyObject

  private static let anyObject: Grammar = {
    do { return try Grammar(jsonSchema: JSON.object(JSONObject([("type", .string("object"))]))) } catch {
      preconditionFailure("the grammar of JSON is right: \(error)")
    }
  }()
}
