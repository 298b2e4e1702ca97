import Plan

/// `/prompt`: runs of segments, in parallel datasets with an entry a run and others with an entry a segment.
private enum Schema {
  static let path = "/prompt"
  static let place = DatasetSchema(
    path + "/run_place",
    "where each run of segments stands: opening or closing of a turn, or between two parts of a content")
  static let turn = DatasetSchema(
    path + "/run_turn", "turn of each opening or closing: only, first, middle, last; empty between parts")
  static let system = DatasetSchema(
    path + "/run_system", "1: of conversations with a system prompt, 0: without, -1: of both")
  static let image = DatasetSchema(
    path + "/run_image", "1: where the content has an image on this side, 0: text, -1: either")
  static let trims = DatasetSchema(
    path + "/run_trims", "1: where the white space on this side of the content goes, else 0")
  static let end = DatasetSchema(
    path + "/run_end", "end of each run, counted in segments; it starts where the run before it ends")
  static let kind = DatasetSchema(
    path + "/kind", "kind of each segment: literal, special, leading, system, reply, date")
  static let token = DatasetSchema(
    path + "/token", "token id of a special or leading segment, -1 for the others")
  static let text = DatasetSchema(
    path + "/text", "text of a literal segment, format of a date as `strftime` has it, empty for the others")
}

/// A run of segments as it is stored.
private struct Run {
  var place: Place
  var frame: PromptTemplate.Frame?
  var segments: [PromptTemplate.Segment]

  enum Place: String {
    case opening
    case closing
    case imageImage = "image_image"
    case imageText = "image_text"
    case textImage = "text_image"
    case textText = "text_text"
  }
}

extension TreeBuilder {
  mutating func add(_ prompt: PromptTemplate) throws(Flaw) {
    var attributes = AttributeSet()
    attributes.put(prompt)
    group(
      Schema.path, "the chat template: what stands around the texts and images of a conversation", attributes)
    let joints = prompt.joints
    let runs =
      prompt.openings.map { Run(place: .opening, frame: $0, segments: $0.segments) }
      + prompt.closings.map { Run(place: .closing, frame: $0, segments: $0.segments) }
      + [
        Run(place: .imageImage, segments: joints.imageImage),
        Run(place: .imageText, segments: joints.imageText),
        Run(place: .textImage, segments: joints.textImage), Run(place: .textText, segments: joints.textText),
      ]
    func flag(_ value: Bool?) -> Int32 { value.map { $0 ? 1 : 0 } ?? -1 }
    try texts(Schema.place, runs.map(\.place.rawValue))
    try texts(Schema.turn, runs.map { $0.frame?.turn.rawValue ?? "" })
    array(Schema.system, runs.map { flag($0.frame?.hasSystem) })
    array(Schema.image, runs.map { flag($0.frame?.touchesImage) })
    var end: Int32 = 0
    array(Schema.trims, runs.map { flag($0.frame?.trimsContent ?? false) })
    array(
      Schema.end,
      runs.map { run -> Int32 in
        end += Int32(clamping: run.segments.count)
        return end
      })
    let segments = runs.flatMap(\.segments)
    try texts(Schema.kind, segments.map(\.kind))
    array(
      Schema.token,
      segments.map { segment -> Int32 in
        switch segment {
        case .special(let id), .leading(let id): id
        case .literal, .system, .reply, .date: -1
        }
      })
    try texts(
      Schema.text,
      segments.map { segment in
        switch segment {
        case .literal(let text), .date(let text): text
        case .special, .leading, .system, .reply: ""
        }
      })
  }
}

extension PromptTemplate.Segment {
  fileprivate var kind: String {
    switch self {
    case .literal: "literal"
    case .special: "special"
    case .leading: "leading"
    case .system: "system"
    case .reply: "reply"
    case .date: "date"
    }
  }
}

extension PromptTemplate: AttributeRecord {
  static var blank: Self { Self(openings: [], closings: []) }
  static var fields: [AttributeField<Self>] {
    [
      .init("gathers_images", \.gathersImages), .init("gathers_pairs", \.gathersPairs, since: 4),
      .init("leading_images_have_lines", \.leadingImagesHaveLines),
      .init("system_trimming", \.systemTrimming), .init("text_trimming", \.textTrimming),
      .init("reply_trimming", \.replyTrimming), .init("reply_thoughts", \.replyThoughts, since: 4),
      .init("image_trimming", \.imageTrimming),
    ]
  }
}

extension Trimming: AttributeConvertible {}
extension PromptTemplate.ReplyThoughts: AttributeConvertible {}

extension PromptTemplate {
  init(from reader: inout TreeReader) throws(Flaw) {
    self = try reader.record(at: Schema.path)
    let places = try reader.texts(Schema.place, count: nil)
    let turns = try reader.texts(Schema.turn, count: places.count)
    let systems: [Int32] = try reader.array(Schema.system, shape: [places.count])
    let images: [Int32] = try reader.array(Schema.image, shape: [places.count])
    let trims: [Int32] = try reader.array(Schema.trims, shape: [places.count])
    let ends: [Int32] = try reader.array(Schema.end, shape: [places.count])
    let segments = try Self.segments(from: &reader)
    guard ends.last.map(Int.init) ?? 0 == segments.count else {
      throw Flaw(Schema.end.path, "does not end at \(segments.count)")
    }
    var start = 0
    for index in places.indices {
      let end = Int(ends[index])
      guard start <= end, end <= segments.count else { throw Flaw(Schema.end.path, "does not ascend") }
      let run = Array(segments[start..<end])
      start = end
      guard let place = Run.Place(rawValue: places[index]) else {
        throw Flaw(Schema.place.path, "has the unknown place '\(places[index].prefix(64))'")
      }
      switch place {
      case .imageImage: joints.imageImage = run
      case .imageText: joints.imageText = run
      case .textImage: joints.textImage = run
      case .textText: joints.textText = run
      case .opening, .closing:
        guard let turn = Turn(rawValue: turns[index]) else {
          throw Flaw(Schema.turn.path, "has the unknown turn '\(turns[index].prefix(64))'")
        }
        let frame = Frame(
          turn, hasSystem: try Self.flag(systems[index], Schema.system),
          touchesImage: try Self.flag(images[index], Schema.image),
          trimsContent: try Self.flag(trims[index], Schema.trims) ?? false, segments: run)
        if place == .opening { openings.append(frame) } else { closings.append(frame) }
      }
    }
  }

  private static func flag(_ value: Int32, _ schema: DatasetSchema) throws(Flaw) -> Bool? {
    guard (-1...1).contains(value) else { throw Flaw(schema.path, "has \(value), expected -1, 0 or 1") }
    return value < 0 ? nil : value == 1
  }

  private static func segments(from reader: inout TreeReader) throws(Flaw) -> [Segment] {
    let kinds = try reader.texts(Schema.kind, count: nil)
    let tokens: [Int32] = try reader.array(Schema.token, shape: [kinds.count])
    let texts = try reader.texts(Schema.text, count: kinds.count)
    var segments: [Segment] = []
    for ((kind, token), text) in zip(zip(kinds, tokens), texts) {
      switch kind {
      case "literal": segments.append(.literal(text))
      case "special": segments.append(.special(token))
      case "leading": segments.append(.leading(token))
      case "system": segments.append(.system)
      case "reply": segments.append(.reply)
      case "date": segments.append(.date(text))
      default: throw Flaw(Schema.kind.path, "has the unknown kind '\(kind.prefix(64))'")
      }
    }
    return segments
  }
}
