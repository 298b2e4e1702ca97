/// What a model is asked: a system prompt, turns that were answered, and the content to be answered now.
public struct Conversation: Equatable, Sendable {
  /// What the model is told about itself; `nil` leaves it to the template.
  public var system: String?
  /// Turns that were answered, in order.
  public var earlier: [Turn]
  /// What is to be answered.
  public var question: Content

  /// Creates a conversation.
  public init(system: String? = nil, earlier: [Turn] = [], question: Content) {
    self.system = system
    self.earlier = earlier
    self.question = question
  }

  /// A conversation in the words of a command line: `prompts` with `replies` between them, an image wherever a
  /// prompt has `<image>`.
  public init(system: String? = nil, prompts: [String], replies: [String] = []) throws(PromptError) {
    guard let last = prompts.last else { throw .empty }
    guard replies.count == prompts.count - 1 else {
      throw .replyCount(prompts: prompts.count, replies: replies.count)
    }
    self.init(
      system: system,
      earlier: zip(prompts, replies).map { Turn(content: Content(parsing: $0), reply: $1) },
      question: Content(parsing: last))
  }

  /// One question.
  public init(_ prompt: String) { self.init(question: Content(parsing: prompt)) }

  /// A turn that was answered.
  public struct Turn: Equatable, Sendable {
    /// What the user gave.
    public var content: Content
    /// What the model said.
    public var reply: String

    /// Creates a turn.
    public init(content: Content, reply: String) {
      self.content = content
      self.reply = reply
    }
  }

  /// Texts and images of one turn of the user.
  public struct Content: Equatable, Sendable {
    /// What stands for an image in a text.
    public static let placeholder = "<image>"

    /// Images in front of everything that nobody has placed.
    public var leadingImages = 0
    /// Texts and placed images, in order.
    public var parts: [Part]

    /// Creates a content.
    public init(_ parts: [Part]) { self.parts = parts }

    /// A text with an image wherever it has a placeholder.
    public init(parsing text: String) {
      parts = []
      let bytes = Array(text.utf8)
      let placeholder = Array(Self.placeholder.utf8)
      var (start, position) = (0, 0)
      while position < bytes.count {
        guard bytes[position...].starts(with: placeholder) else {
          position += 1
          continue
        }
        addText(bytes[start..<position])
        parts.append(.image)
        position += placeholder.count
        start = position
      }
      addText(bytes[start...])
    }

    /// A text without its places for images.
    public static func words(of text: String) -> String {
      Content(parsing: text).parts.reduce(into: "") { words, part in
        if case .text(let text) = part { words += text }
      }
    }

    private mutating func addText(_ bytes: ArraySlice<UInt8>) {
      if !bytes.isEmpty { parts.append(.text(String(decoding: bytes, as: UTF8.self))) }
    }

    /// A text or an image.
    public enum Part: Equatable, Sendable {
      /// Words of the user. Control tokens in them are read as plain text.
      case text(String)
      /// The next image.
      case image
    }

    /// Images, placed or not.
    public var imageCount: Int { leadingImages + parts.count { $0 == .image } }

    /// Whether there is nothing to read.
    var isBlank: Bool {
      parts.allSatisfy { part in
        guard case .text(let text) = part else { return true }
        return text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      }
    }
  }
}

extension Conversation {
  /// The user's contents, in order.
  public var contents: [Content] { earlier.map(\.content) + [question] }

  /// Images in all contents.
  public var imageCount: Int { contents.reduce(0) { $0 + $1.imageCount } }

  /// The conversation about `count` images: placed where it has placeholders, one for each, or put in front of
  /// the first content where it has none.
  public func placing(images count: Int) throws(PromptError) -> Conversation {
    for content in contents where content.isBlank { throw .empty }
    let places = imageCount
    guard places != count else { return self }
    guard places == 0 else { throw .imageCount(places: places, images: count) }
    var placed = self
    if placed.earlier.isEmpty {
      placed.question.leadingImages = count
    } else {
      placed.earlier[0].content.leadingImages = count
    }
    return placed
  }
}
