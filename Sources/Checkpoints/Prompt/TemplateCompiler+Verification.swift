import Plan
import Tokenization

extension TemplateCompiler {
  /// Demands that the template prints larger conversations as they are put together from the segments.
  func verify(_ result: PromptTemplate, hasSystem: Bool, hasTurns: Bool) throws(CheckpointError) {
    for system in hasSystem ? [false, true] : [false] {
      for count in hasTurns ? [1, 2, 3, 4] : [1] {
        if system && count > 1
          && !result.openings.contains(where: { $0.turn == .first && $0.hasSystem != false })
        {
          continue
        }
        for kind in ContentKind.allCases {
          for index in 0..<count {
            var conversation = Self.turns(count, system: system)
            // The turn in question, and with two images the one after it too.
            for index in index..<min(count, index + (kind == .twoImages ? 2 : 1)) {
              let content = kind.content(index)
              if index < count - 1 {
                conversation.earlier[index].content = content
              } else {
                conversation.question = content
              }
            }
            guard try prints(conversation, as: result) else {
              throw inexpressible(
                "\(count == 1 ? "one turn" : "\(count) turns")\(system ? " with a system prompt" : ""), "
                  + "\(kind.rawValue) in turn \(index + 1)")
            }
          }
        }
      }
    }
  }

  /// Demands that a reply with a thought becomes what the template makes of it, where it leaves thoughts out.
  func verifyThoughts(_ result: PromptTemplate) throws(CheckpointError) {
    guard result.replyThoughts != .kept else { return }
    for space in ["", "\n\n", " \n"] {
      var conversation = Self.turns(3)
      let end = PromptTemplate.ReplyThoughts.end
      conversation.earlier[0].reply = "A\n\(end)\(space)B\n\(end)\(space)C"
      conversation.earlier[1].reply = "D"
      guard try prints(conversation, as: result) else { throw inexpressible("a reply with a thought") }
    }
  }

  /// Whether the template and its segments agree.
  private func prints(_ conversation: Conversation, as result: PromptTemplate) throws(CheckpointError) -> Bool
  {
    let printed: [PromptPart]
    do { printed = try print(conversation) } catch { throw template.error(error) }
    guard let parts = try? result.parts(of: conversation, date: DateMarker.text) else { return false }
    return parts == printed
  }

  private func inexpressible(_ summary: String) -> CheckpointError {
    template.error(
      "prints a conversation that segments cannot express: \(summary); "
        + "--chat-template FILE passes a simpler template")
  }
}

/// Contents that are tried.
private enum ContentKind: String, CaseIterable {
  case text = "text alone"
  case imageFirst = "an image before the text"
  case imageLast = "an image after the text"
  case imageAmid = "an image amid the text"
  case twoImages = "two images before the text"
  case twoPlaces = "two images amid the text"
  case unplaced = "two images that nobody has placed"
  case spaced = "texts with white space at their ends"

  func content(_ turn: Int) -> Conversation.Content {
    var content = Conversation.Content(parts(turn))
    if self == .unplaced { content.leadingImages = 2 }
    return content
  }

  private func parts(_ turn: Int) -> [Conversation.Content.Part] {
    func text(_ number: Int) -> Conversation.Content.Part { .text(Marker.text(10 * turn + number).string) }
    return switch self {
    case .text, .unplaced: [text(1)]
    case .imageFirst: [.image, text(1)]
    case .imageLast: [text(1), .image]
    case .imageAmid: [text(1), .image, text(2)]
    case .twoImages: [.image, .image, text(1)]
    case .twoPlaces: [.image, text(1), .image, text(2)]
    case .spaced:
      [
        .text(" \n" + Marker.text(10 * turn).string + " "), .image,
        .text("\t" + Marker.text(10 * turn + 1).string + "\n\n"),
      ]
    }
  }
}
