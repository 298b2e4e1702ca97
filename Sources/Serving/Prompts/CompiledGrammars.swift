import Espalier
import Grammars
import Synchronization

/// Grammars of earlier requests, as clients send the same schema again and again; those that were not used for longest go
/// first.
final class CompiledGrammars: Sendable {
  private let kept = Mutex<[(source: String, grammar: OutputGrammar)]>([])
  private static let limit = 8

  /// The grammar of a source, compiled where it is not known.
  func grammar(
    _ source: String, field: String, _ make: () throws(GrammarError) -> Grammar
  ) throws(RequestError) -> OutputGrammar {
    let known = kept.withLock { kept -> OutputGrammar? in
      guard let place = kept.firstIndex(where: { $0.source == source }) else { return nil }
      kept.append(kept.remove(at: place))
      return kept.last?.grammar
    }
    if let known { return known }
    let compiled: OutputGrammar
    do { compiled = OutputGrammar(try make(), from: source) } catch {
      throw RequestError(400, "'\(field)' cannot be used: \(error)", field: field, code: "invalid_value")
    }
    kept.withLock { kept in
      kept.append((source, compiled))
      if kept.count > Self.limit { kept.removeFirst() }
    }
    return compiled
  }
}
