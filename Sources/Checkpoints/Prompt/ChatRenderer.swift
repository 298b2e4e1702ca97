import Tokenization

/// A chat template that prints conversations, in the dialect it understands.
struct ChatRenderer {
  private let template: Jinja.Template
  private let variables: [String: Jinja.Value]
  /// Whether to give up.
  private let isCancelled: () -> Bool
  /// Text of the image token.
  private let imageText: String
  /// How messages are given to the template.
  var dialect = Dialect()

  /// Which contents are one text; the others are lists of parts.
  struct Dialect {
    var systemIsText = false
    var userIsText = false
    var replyIsText = false
  }

  init(
    _ template: Jinja.Template, specialTokens: [String: String], imageText: String,
    isCancelled: @escaping () -> Bool = { false }
  ) {
    self.isCancelled = isCancelled
    self.template = template
    self.imageText = imageText
    var variables: [String: Jinja.Value] = [
      "add_generation_prompt": .bool(true), "tools": .none, "documents": .none,
    ]
    for (name, text) in specialTokens { variables[name] = .string(text) }
    self.variables = variables
  }

  /// What the template prints for a conversation that is to be answered.
  func text(of conversation: Conversation) throws(Jinja.Failure) -> String {
    var messages: [Jinja.Value] = []
    func add(_ role: String, _ content: Jinja.Value) {
      messages.append(.dict([("role", .string(role)), ("content", content)]))
    }
    if let system = conversation.system { add("system", Self.content(system, isText: dialect.systemIsText)) }
    for turn in conversation.earlier {
      add("user", content(turn.content))
      add("assistant", Self.content(turn.reply, isText: dialect.replyIsText))
    }
    add("user", content(conversation.question))
    var variables = variables
    variables["messages"] = .list(Jinja.List(messages))
    return try template.render(variables, isCancelled: isCancelled)
  }

  private static func content(_ text: String, isText: Bool) -> Jinja.Value {
    isText ? .string(text) : .list([part(text)])
  }

  private static func part(_ text: String) -> Jinja.Value {
    .dict([("type", .string("text")), ("text", .string(text))])
  }

  private func content(_ content: Conversation.Content) -> Jinja.Value {
    guard dialect.userIsText else {
      let images = (0..<content.leadingImages).map { _ in Conversation.Content.Part.image }
      let parts = (images + content.parts).map { part -> Jinja.Value in
        switch part {
        case .text(let text): Self.part(text)
        case .image: .dict([("type", .string("image"))])
        }
      }
      return .list(Jinja.List(parts))
    }
    // As these models' processors expect it: an image that nobody has placed has a line of its own.
    let lines = String(repeating: imageText + "\n", count: content.leadingImages)
    return .string(
      content.parts.reduce(lines) { text, part in
        switch part {
        case .text(let more): text + more
        case .image: text + imageText
        }
      })
  }
}
