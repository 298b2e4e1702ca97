import Plan

extension PromptLayout {
  /// Visual tokens of some images in the prompt.
  func visualCount(_ images: [ImageTokens]) -> Int {
    parts.reduce(0) { total, part in
      guard case .image(let index) = part else { return total }
      return total + images[index].arrangement.blocks.reduce(0) { $0 + $1.count }
    }
  }
}

extension Model {
  /// Tokens of a prompt, visual ones included, when the model can take it.
  func checkedCount(of prompt: PromptLayout, images: [ImageTokens]) throws(InferenceError) -> Int {
    guard prompt.imageCount == images.count else {
      throw InferenceError("prompt", "has \(prompt.imageCount) image places for \(images.count) images")
    }
    let total = prompt.parts.reduce(0) { total, part in
      if case .image(let index) = part { total + images[index].arrangement.count } else { total + 1 }
    }
    guard total > 0 else { throw InferenceError("prompt", "is empty") }
    guard total <= text.contextLength else {
      throw InferenceError("prompt", "has \(total) tokens; the model takes \(text.contextLength)")
    }
    return total
  }

  /// Throws when a token of a prompt has no embedding.
  func check(_ token: Int32) throws(InferenceError) {
    guard token >= 0, Int(token) < text.vocabulary else {
      throw InferenceError("prompt", "token \(token) is not in the vocabulary")
    }
  }

  /// Tokens that may be decoded behind a prompt of `length` tokens: no more than `limit`, and no more than the context
  /// has room for.
  public func room(behind length: Int, limit: Int) throws(InferenceError) -> Int {
    guard length < text.contextLength else {
      throw InferenceError(
        "prompt",
        "has \(length) tokens; the model takes \(text.contextLength), which leaves no room for an answer")
    }
    return max(0, min(limit, text.contextLength - length))
  }
}
