internal import HDF5

/// `/prompt`: three parallel datasets, an entry a segment.
private enum Schema {
  static let path = "/prompt"
  static let kind = DatasetSchema(path + "/kind", "kind of each segment: literal, special, image, user_text")
  static let token = DatasetSchema(path + "/token", "token id of a special segment, -1 for the others")
  static let text = DatasetSchema(path + "/text", "text of a literal segment, empty for the others")
}

extension TreeBuilder {
  mutating func add(_ prompt: PromptTemplate) throws(Flaw) {
    group(Schema.path, "the chat template of one question about one image, as segments in order")
    try texts(Schema.kind, prompt.segments.map(\.kind))
    array(
      Schema.token,
      prompt.segments.map { segment -> Int32 in if case .special(let id) = segment { id } else { -1 } })
    try texts(Schema.text, prompt.segments.map { if case .literal(let text) = $0 { text } else { "" } })
  }
}

extension PromptTemplate.Segment {
  fileprivate var kind: String {
    switch self {
    case .literal: "literal"
    case .special: "special"
    case .image: "image"
    case .userText: "user_text"
    }
  }
}

extension PromptTemplate {
  init(from reader: inout TreeReader) throws(Flaw) {
    try reader.group(Schema.path)
    let kinds = try reader.texts(Schema.kind, count: nil)
    let tokens: [Int32] = try reader.array(Schema.token, shape: [kinds.count])
    let texts = try reader.texts(Schema.text, count: kinds.count)
    self.init(segments: [])
    for ((kind, token), text) in zip(zip(kinds, tokens), texts) {
      switch kind {
      case "literal": segments.append(.literal(text))
      case "special": segments.append(.special(token))
      case "image": segments.append(.image)
      case "user_text": segments.append(.userText)
      default: throw Flaw(Schema.kind.path, "has the unknown kind '\(kind.prefix(64))'")
      }
    }
  }
}
