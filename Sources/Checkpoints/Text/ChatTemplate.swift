import PlanFormat

/// A checkpoint's chat template, evaluated once for a conversation of one image and one question.
struct ChatTemplate {
  let file: String
  let source: String

  /// Finds the template: a file of its own, a JSON file, or a key of the tokenizer's configuration.
  init(_ directory: String) throws(CheckpointError) {
    let plain = "\(directory)/chat_template.jinja"
    if fileExists(plain) {
      (file, source) = (plain, try readText(plain))
      return
    }
    for name in ["chat_template.json", "processor_config.json", "tokenizer_config.json"] {
      let path = "\(directory)/\(name)"
      guard fileExists(path) else { continue }
      let settings = try Settings(contentsOf: path)
      if let template = try Self.template(in: settings) {
        (file, source) = (path, template)
        return
      }
    }
    throw CheckpointError(file: plain, reason: "is missing, and no other file has a chat_template")
  }

  /// `chat_template`: text, or a list of named ones of which `default` is taken.
  private static func template(in settings: Settings) throws(CheckpointError) -> String? {
    let key = "chat_template"
    guard case .array(let entries)? = settings[key] else {
      return settings[key] == nil ? nil : try settings.text(key)
    }
    for case .object(let entry) in entries {
      guard case .string("default")? = entry["name"], case .string(let text)? = entry["template"] else {
        continue
      }
      return text
    }
    throw settings.error(key, "has no template named \"default\"")
  }

  // Private-use characters: no template and no vocabulary has them.
  private static let marker = "\u{F8FE}user text\u{F8FF}"

  /// Evaluates the template and cuts the result into segments.
  func prompt(
    tokenizer: TokenizerFile, imageToken: Int, bos: String?, eos: String?
  ) throws(CheckpointError) -> PromptTemplate {
    var variables: [String: Jinja.Value] = [
      "messages": .list([
        .dict([
          ("role", .string("user")),
          (
            "content",
            .list([
              .dict([("type", .string("image"))]),
              .dict([("type", .string("text")), ("text", .string(Self.marker))]),
            ])
          ),
        ])
      ]),
      "add_generation_prompt": .bool(true),
    ]
    if let bos { variables["bos_token"] = .string(bos) }
    if let eos { variables["eos_token"] = .string(eos) }
    let text: String
    do { text = try Jinja.render(source, variables) } catch {
      throw CheckpointError(file: file, object: "chat template, line \(error.line)", reason: error.reason)
    }
    let parts = Jinja.split(text, Self.marker, limit: -1)
    guard parts.count == 2 else {
      throw CheckpointError(
        file: file, object: "chat template",
        reason: "prints the user's text \(parts.count - 1) times, expected once")
    }
    let cutter = SegmentCutter(tokenizer.tables.addedTokens, imageToken: Int32(clamping: imageToken))
    var segments = cutter.segments(of: parts[0]) + [.userText] + cutter.segments(of: parts[1])
    // As Hugging Face does: control tokens come in front unless the template has put its own there.
    if bos.map({ !text.hasPrefix($0) }) ?? true {
      segments = tokenizer.leadingTokens.map { .special($0) } + segments
    }
    return PromptTemplate(segments: segments)
  }
}

/// Cuts text at control tokens.
struct SegmentCutter {
  private let tokens: [(text: [Unicode.Scalar], token: TokenizerTables.AddedToken)]
  private let imageToken: Int32

  init(_ added: [TokenizerTables.AddedToken], imageToken: Int32) {
    self.imageToken = imageToken
    // The longest first, so that the longest wins where several match.
    tokens = added.filter { $0.special || $0.id == imageToken }
      .map { (Array($0.content.unicodeScalars), $0) }
      .filter { !$0.0.isEmpty }
      .sorted { ($1.text.count, $0.token.id) < ($0.text.count, $1.token.id) }
  }

  func segments(of text: String) -> [PromptTemplate.Segment] {
    var segments: [PromptTemplate.Segment] = []
    var literal: [Unicode.Scalar] = []
    var rest = Array(text.unicodeScalars)[...]
    func flush() {
      if !literal.isEmpty { segments.append(.literal(String(String.UnicodeScalarView(literal)))) }
      literal = []
    }
    while let first = rest.first {
      guard let match = tokens.first(where: { rest.starts(with: $0.text) }) else {
        literal.append(first)
        rest.removeFirst()
        continue
      }
      while match.token.stripsLeft, let last = literal.last, last.properties.isWhitespace {
        literal.removeLast()
      }
      flush()
      segments.append(match.token.id == imageToken ? .image : .special(match.token.id))
      rest = rest.dropFirst(match.text.count)
      while match.token.stripsRight, let next = rest.first, next.properties.isWhitespace {
        rest.removeFirst()
      }
    }
    flush()
    return segments
  }
}
