import PlanFormat
import Tokenization

/// Cuts text at control tokens.
struct SegmentCutter {
  private let tokens: [(text: [Unicode.Scalar], token: TokenizerTables.AddedToken)]
  private let imageToken: Int32

  init(_ added: [TokenizerTables.AddedToken], imageToken: Int32) {
    self.imageToken = imageToken
    // The longest first, so that the longest wins where several match.
    tokens = added.filter { $0.special || $0.id == imageToken }
      .map { (Array($0.content.unicodeScalars), $0) }
      .filter { !$0.0.isEmpty }
      .sorted { ($1.text.count, $0.token.id) < ($0.text.count, $1.token.id) }
  }

  /// White space that the image token takes with it.
  var imageTrimming: Trimming {
    let token = tokens.first { $0.token.id == imageToken }?.token
    return Trimming(left: token?.stripsLeft ?? false, right: token?.stripsRight ?? false)
  }

  /// The parts of a text; images are counted on from `images`.
  func parts(of text: String, images: Int = 0) -> [PromptPart] {
    var images = images
    var parts: [PromptPart] = []
    var literal = String.UnicodeScalarView()
    var rest = Array(text.unicodeScalars)[...]
    func flush() {
      if !literal.isEmpty { parts.append(.text(String(literal))) }
      literal = String.UnicodeScalarView()
    }
    while let first = rest.first {
      guard let match = tokens.first(where: { rest.starts(with: $0.text) }) else {
        literal.append(first)
        rest.removeFirst()
        continue
      }
      flush()
      if match.token.id == imageToken {
        parts.append(.image(images))
        images += 1
      } else {
        parts.append(.special(match.token.id))
      }
      rest = rest.dropFirst(match.text.count)
    }
    flush()
    return parts
  }
}
