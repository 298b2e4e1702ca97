public import Grammars
import Plan
import Synchronization
import Tokenization

/// A grammar over the tokens of a model, which answers are held to.
///
/// What is found out about it serves all answers that follow it, on any threads.
public struct AnswerGrammar: Equatable, Sendable {
  let masks: GrammarMasks

  /// A grammar over a model's tokens.
  public init(_ grammar: Grammar, for model: Model) { masks = GrammarMasks(grammar, over: model.vocabulary) }

  /// Whether both are the same object: two that were made of one text are told apart.
  public static func == (left: Self, right: Self) -> Bool { left.masks === right.masks }
}

/// The tokens of a model as grammars see them, made when the first grammar comes.
final class LazyVocabulary: Sendable {
  private let made = Mutex<TokenVocabulary?>(nil)

  func vocabulary(_ make: () -> TokenVocabulary) -> TokenVocabulary {
    made.withLock { made in
      if let made { return made }
      let new = make()
      made = new
      return new
    }
  }
}

extension Model {
  /// The tokens of this model as grammars see them.
  var vocabulary: TokenVocabulary {
    lazyVocabulary.vocabulary {
      TokenVocabulary(
        tokens: (0..<Int32(text.vocabulary)).map { tokenizer.textBytes(of: $0) },
        stopTokens: Set(text.stopTokens.map(Int32.init)))
    }
  }
}
