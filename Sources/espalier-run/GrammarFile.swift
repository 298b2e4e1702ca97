import Figures
import FileNames
import Glibc
import Grammars
import Inference
import Output

/// A grammar or a schema in a file.
enum GrammarFile {
  /// Most bytes of such a file.
  private static let limit = 1 << 20

  /// What the arguments ask an answer to be, if anything.
  static func grammar(_ arguments: Arguments, for model: Model) throws -> AnswerGrammar? {
    if let path = arguments.jsonSchema {
      return try grammar(path, model) { text throws(GrammarError) in try Grammar(jsonSchema: text) }
    }
    guard let path = arguments.grammar else { return nil }
    return try grammar(path, model) { text throws(GrammarError) in try Grammar(gbnf: text) }
  }

  private static func grammar(
    _ path: String, _ model: Model, _ make: (String) throws(GrammarError) -> Grammar
  ) throws -> AnswerGrammar {
    let text = try text(path)
    do { return AnswerGrammar(try make(text), for: model) } catch {
      throw ExecutionError("\(path): \(error)")
    }
  }

  private static func text(_ path: String) throws -> String {
    let file = path.withFileName { open($0, O_RDONLY | O_CLOEXEC) }
    guard file >= 0 else { throw ExecutionError("\(path): cannot be read: \(Descriptor.reason())") }
    defer { close(file) }
    guard let bytes = Descriptor.read(file, atMost: limit + 1) else {
      throw ExecutionError("\(path): cannot be read: \(Descriptor.reason())")
    }
    guard bytes.count <= limit else { throw ExecutionError("\(path): is larger than \(limit) bytes") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ExecutionError("\(path): is no UTF-8")
    }
    return text
  }
}
