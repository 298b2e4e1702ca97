public import Imaging
public import Plan

extension Model {
  /// What a prepared picture becomes in the prompt, without its features: sizes alone say how many tokens it has.
  ///
  /// Where settings leave tokens out of the tower, this is what there would be with them.
  public func arrangement(
    of picture: PreparedImage, at settings: PictureSettings = .dense
  ) throws -> ImageArrangement {
    try ImageArranger(contents, tokenizer, keepsMarkup: settings.tileSelection?.keepsMarkup ?? true)
      .arrange(picture)
  }

  /// Tokens of a prompt, visual ones included, by the arrangements of its pictures.
  public func count(_ layout: PromptLayout, _ arrangements: [ImageArrangement]) -> Int {
    layout.parts.reduce(0) { total, part in
      if case .image(let index) = part { total + arrangements[index].count } else { total + 1 }
    }
  }
}
