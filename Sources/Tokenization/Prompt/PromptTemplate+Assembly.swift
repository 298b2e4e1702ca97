package import Plan

extension PromptTemplate {
  /// The prompt of a conversation whose images have been placed. No text is empty or beside another one. `date` gives the
  /// text of a date in a format: as a rule that of now.
  package func parts(
    of conversation: Conversation, date: @escaping (String) -> String = DateText.now
  ) throws(PromptError) -> [PromptPart] {
    var assembly = Assembly(template: self, system: conversation.system, date: date)
    for (index, turn) in conversation.earlier.enumerated() {
      try assembly.add(turn.content, reply: turn.reply, as: index == 0 ? .first : .middle)
    }
    try assembly.add(conversation.question, as: conversation.earlier.isEmpty ? .only : .last)
    return assembly.parts
  }
}

/// A prompt while it is put together.
private struct Assembly {
  let template: PromptTemplate
  let system: String?
  let date: (String) -> String
  private(set) var parts: [PromptPart] = []
  private var images = 0

  init(template: PromptTemplate, system: String?, date: @escaping (String) -> String) {
    self.template = template
    self.system = system
    self.date = date
  }

  /// Adds one turn.
  mutating func add(
    _ content: Conversation.Content, reply: String = "", as turn: PromptTemplate.Turn
  ) throws(PromptError) {
    var items = items(of: content)
    guard let first = items.first, let last = items.last else { throw .empty }
    let opening = try frame(template.openings, turn, touchesImage: first.isImage)
    let closing = try frame(template.closings, turn, touchesImage: last.isImage)
    items[0].trim(Trimming(left: opening.trimsContent, right: false))
    items[items.count - 1].trim(Trimming(left: false, right: closing.trimsContent))
    append(opening.segments, reply)
    for (index, item) in items.enumerated() {
      if index > 0 { append(joint(items[index - 1], item), reply) }
      switch item {
      case .text(let text): append(text)
      case .image:
        parts.append(.image(images))
        images += 1
      }
    }
    append(closing.segments, reply)
  }

  private func frame(
    _ frames: [PromptTemplate.Frame], _ turn: PromptTemplate.Turn, touchesImage: Bool
  ) throws(PromptError) -> PromptTemplate.Frame {
    if let frame = frames.first(where: {
      $0.fits(turn, hasSystem: system != nil, touchesImage: touchesImage)
    }) {
      return frame
    }
    if system != nil, !template.openings.contains(where: { $0.hasSystem != false }) { throw .noSystemPrompt }
    if turn != .only, !template.openings.contains(where: { $0.turn == turn }) { throw .noEarlierTurns }
    throw .noFrame
  }

  /// A content as the template prints it.
  private func items(of content: Conversation.Content) -> [Conversation.Content.Part] {
    var items = (0..<content.leadingImages).flatMap { _ -> [Conversation.Content.Part] in
      template.leadingImagesHaveLines ? [.image, .text("\n")] : [.image]
    }
    items += content.parts
    let isPair = items.count == 2 && items.contains(where: \.isImage)
    if template.gathersImages || (template.gathersPairs && isPair) {
      items = items.filter(\.isImage) + items.filter { !$0.isImage }
    }
    for index in items.indices { items[index].trim(template.textTrimming) }
    return items
  }

  private func joint(
    _ left: Conversation.Content.Part, _ right: Conversation.Content.Part
  ) -> [PromptTemplate.Segment] {
    switch (left.isImage, right.isImage) {
    case (true, true): template.joints.imageImage
    case (true, false): template.joints.imageText
    case (false, true): template.joints.textImage
    case (false, false): template.joints.textText
    }
  }

  private mutating func append(_ segments: [PromptTemplate.Segment], _ reply: String) {
    for segment in segments {
      switch segment {
      case .literal(let text): append(text)
      case .special(let id): parts.append(.special(id))
      case .leading(let id): parts.append(.leading(id))
      case .system: append(template.systemTrimming.trimmed(system ?? ""))
      case .reply: append(template.replyThoughts.left(of: template.replyTrimming.trimmed(reply)))
      case .date(let format): append(date(format))
      }
    }
  }

  private mutating func append(_ text: String) {
    guard !text.isEmpty else { return }
    if case .text(let before)? = parts.last {
      parts[parts.count - 1] = .text(before + text)
    } else {
      parts.append(.text(text))
    }
  }
}

extension Conversation.Content.Part {
  fileprivate var isImage: Bool { self == .image }

  fileprivate mutating func trim(_ trimming: Trimming) {
    if case .text(let text) = self { self = .text(trimming.trimmed(text)) }
  }
}
