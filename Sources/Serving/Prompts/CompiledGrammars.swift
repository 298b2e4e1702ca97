import Espalier
import Grammars
import Synchronization

/// Grammars of the last requests, as clients send the same schema again and again.
final class CompiledGrammars: Sendable {
  private let kept = Mutex(RecentlyUsed<OutputGrammar>(limit: 8))

  /// The grammar of a source, compiled where it is not known.
  func grammar(
    _ source: String, field: String, _ make: () throws(GrammarError) -> Grammar
  ) throws(RequestError) -> OutputGrammar {
    if let known = kept.withLock({ $0.value(of: source) }) { return known }
    let compiled: OutputGrammar
    do { compiled = OutputGrammar(try make(), from: source) } catch {
      throw RequestError(400, "'\(field)' cannot be used: \(error)", field: field, code: "invalid_value")
    }
    kept.withLock { $0.insert(compiled, for: source) }
    return compiled
  }
}
