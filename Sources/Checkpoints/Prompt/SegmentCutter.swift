import Plan
import Tokenization

/// Cuts text at control tokens.
struct SegmentCutter {
  private let tokens: [TokenizerTables.AddedToken]
  private let table: PrefixTable
  private let imageToken: Int32

  init(_ added: [TokenizerTables.AddedToken], imageToken: Int32) {
    self.imageToken = imageToken
    tokens = added.filter { $0.special || $0.id == imageToken }.sorted { $0.id < $1.id }
    table = PrefixTable(tokens.map { Array($0.content.utf8) })
  }

  /// White space that the image token takes with it.
  var imageTrimming: Trimming {
    let token = tokens.first { $0.id == imageToken }
    return Trimming(left: token?.stripsLeft ?? false, right: token?.stripsRight ?? false)
  }

  /// The parts of a text; images are counted on from `images`.
  func parts(of text: String, images: Int = 0) -> [PromptPart] {
    var images = images
    var parts: [PromptPart] = []
    let bytes = Array(text.utf8)[...]
    var start = bytes.startIndex
    var position = bytes.startIndex
    func flush() {
      // Tokens are whole texts, so what is between them is one as well.
      if start < position { parts.append(.text(String(decoding: bytes[start..<position], as: UTF8.self))) }
    }
    while position < bytes.endIndex {
      guard let match = table.longest(in: bytes, at: position) else {
        position += 1
        continue
      }
      flush()
      let id = tokens[match.index].id
      if id == imageToken {
        parts.append(.image(images))
        images += 1
      } else {
        parts.append(.special(id))
      }
      position += match.count
      start = position
    }
    flush()
    return parts
  }
}
