internal import Inference
import Synchronization

/// What a model has found out about the last grammars.
final class KeptGrammars: Sendable {
  private let kept = Mutex(RecentlyUsed<AnswerGrammar>(limit: 8))

  /// The grammar over the tokens of a model.
  func grammar(_ output: OutputGrammar, for model: Inference.Model) -> AnswerGrammar {
    kept.withLock { kept in
      if let known = kept.value(of: output.source) { return known }
      let made = AnswerGrammar(output.grammar, for: model)
      kept.insert(made, for: output.source)
      return made
    }
  }
}
