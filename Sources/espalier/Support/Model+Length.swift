import Imaging
import Inference
import Plan
import Plan
import Tokenization

extension Model {
  /// Throws when a conversation about pictures is longer than the model's context, before any of them is encoded.
  func checkLength(
    _ conversation: Conversation, images: [String], at settings: PictureSettings = .dense
  ) throws {
    try checkLength(
      try layout(conversation, images: images.count),
      try images.map { try prepareImage(at: $0, among: images.count, at: settings) }, at: settings)
  }

  /// Throws when a prompt about prepared pictures is longer than the model's context, before any of them is encoded.
  func checkLength(
    _ layout: PromptLayout, _ pictures: [PreparedImage], at settings: PictureSettings = .dense
  ) throws {
    try checkLength(count(layout, try pictures.map { try arrangement(of: $0, at: settings) }))
  }

  /// Throws when a prompt of so many tokens is longer than the model's context.
  func checkLength(_ count: Int) throws(InferenceError) {
    guard count <= text.contextLength else {
      throw InferenceError("prompt", "has \(count) tokens; the model takes \(text.contextLength)")
    }
  }
}
