public import Imaging

extension Model {
  /// What a prepared picture becomes in the prompt, without its features: sizes alone say how many tokens it has.
  public func arrangement(of picture: PreparedImage) throws -> ImageArrangement {
    try ImageArranger(contents, tokenizer).arrange(picture)
  }

  /// Tokens of a prompt, visual ones included, by the arrangements of its pictures.
  public func count(_ layout: PromptLayout, _ arrangements: [ImageArrangement]) -> Int {
    layout.parts.reduce(0) { total, part in
      if case .image(let index) = part { total + arrangements[index].count } else { total + 1 }
    }
  }
}
