import Espalier

/// A message of a conversation, whatever interface it came by.
struct Message {
  enum Role { case system, user, assistant }

  var role: Role
  var parts: [Service.Part]
  /// Path of the message in the request.
  var field: String

  /// Its words.
  var text: String {
    parts.reduce(into: "") { text, part in
      if case .text(let words) = part { text += words }
    }
  }

  /// The prompt of a conversation: system messages in front, then users and assistants in turns. Messages of one role one
  /// after the other are one.
  static func prompt(_ messages: [Message], tools: String? = nil) throws(RequestError) -> Service.Prompt {
    var rest = messages[...]
    var system: [String] = []
    while let first = rest.first, first.role == .system {
      system.append(first.text)
      rest.removeFirst()
    }
    if let tools { system.append(tools) }
    var turns: [Message] = []
    for message in rest {
      if message.role == .system {
        throw .unsupported(
          "\(message.field).role",
          "is 'system' behind other messages, which no chat template here has a place for")
      }
      if let last = turns.last, last.role == message.role {
        turns[turns.count - 1].parts.append(.text("\n\n"))
        turns[turns.count - 1].parts += message.parts
      } else {
        turns.append(message)
      }
    }
    guard let question = turns.last else { throw .invalid("messages", "has no message of a user") }
    guard question.role == .user else {
      throw .unsupported(
        "\(question.field).role", "is 'assistant' in the last message: there is nothing to answer")
    }
    guard turns.first?.role == .user else {
      throw .unsupported("\(turns.first?.field ?? "messages").role", "is 'assistant' in the first message")
    }
    var earlier: [Service.Turn] = []
    for index in stride(from: 0, to: turns.count - 1, by: 2) {
      earlier.append(Service.Turn(content: turns[index].parts, reply: turns[index + 1].text))
    }
    return Service.Prompt(
      system: system.isEmpty ? nil : system.joined(separator: "\n\n"), earlier: earlier,
      question: question.parts)
  }
}
