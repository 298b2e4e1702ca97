import Espalier
import Figures
import JSONReading

/// Reads the messages of chat completions.
struct ChatMessages {
  private let pictures: PictureSource
  private var images = 0

  init(_ pictures: PictureSource) { self.pictures = pictures }

  mutating func read(_ list: [JSONReading.JSON], at path: String) throws(RequestError) -> [Message] {
    guard !list.isEmpty else { throw .invalid(path, "is empty") }
    guard list.count <= 4096 else { throw .invalid(path, "has more than 4096 messages") }
    var messages: [Message] = []
    for (index, json) in list.enumerated() {
      messages.append(try message(json, at: "\(path)[\(index)]"))
    }
    return messages
  }

  private mutating func message(_ json: JSONReading.JSON, at path: String) throws(RequestError) -> Message {
    var fields = try Fields(json, at: path)
    fields.skip("name", "refusal", "annotations", "audio", "reasoning_content")
    let role = try fields.required("role", fields.string("role"))
    let message: Message
    switch role {
    case "system", "developer":
      message = Message(role: .system, parts: [.text(try words(&fields))], field: path)
    case "user": message = Message(role: .user, parts: try content(&fields), field: path)
    case "assistant":
      let text = try fields.value("content") == nil ? "" : words(&fields)
      let calls = try self.calls(&fields)
      guard !text.isEmpty || !calls.isEmpty else { throw .invalid(path, "says nothing") }
      let all = (text.isEmpty ? [] : [text]) + calls
      message = Message(role: .assistant, parts: [.text(all.joined(separator: "\n"))], field: path)
    case "tool":
      fields.skip("tool_call_id")
      message = Message(
        role: .user, parts: [.text(ToolTalk.response(try words(&fields)))], field: path)
    default: throw .unsupported("\(path).role", "is '\(role.prefix(32))'")
    }
    try fields.end()
    return message
  }

  /// Content that is words alone.
  private mutating func words(_ fields: inout Fields) throws(RequestError) -> String {
    let before = images
    let parts = try content(&fields)
    guard images == before else {
      throw .unsupported(fields.path("content"), "has a picture, which only users may show")
    }
    return Message(role: .user, parts: parts, field: fields.path).text
  }

  private mutating func content(_ fields: inout Fields) throws(RequestError) -> [Service.Part] {
    let path = fields.path("content")
    switch fields.value("content") {
    case .string(let text)?: return [.text(text)]
    case .array(let values)?:
      var parts: [Service.Part] = []
      for (index, value) in values.enumerated() { parts.append(try part(value, at: "\(path)[\(index)]")) }
      guard !parts.isEmpty else { throw .invalid(path, "is empty") }
      return parts
    case nil: throw .missing(path)
    default:
      throw RequestError(400, "'\(path)' is neither text nor a list", field: path, code: "invalid_type")
    }
  }

  private mutating func part(_ json: JSONReading.JSON, at path: String) throws(RequestError) -> Service.Part {
    var fields = try Fields(json, at: path)
    let type = try fields.required("type", fields.string("type"))
    let part: Service.Part
    switch type {
    case "text", "input_text", "output_text":
      part = .text(try fields.required("text", fields.string("text")))
      fields.skip("annotations", "logprobs")
    case "refusal": part = .text(try fields.required("refusal", fields.string("refusal")))
    case "image_url", "input_image":
      part = .image(try image(&fields))
    default: throw .unsupported("\(path).type", "is '\(type.prefix(32))'; there are text and image_url")
    }
    try fields.end()
    return part
  }

  /// A picture: an object with its address, as chat completions have it, or the address itself.
  private mutating func image(_ fields: inout Fields) throws(RequestError) -> Image {
    defer { images += 1 }
    // How much detail a picture has is up to the operating point.
    fields.skip("detail")
    let path = fields.path("image_url")
    if case .string(let address)? = fields.value("image_url") {
      return try pictures.image(at: address, number: images, field: path)
    }
    guard var inner = try fields.fields("image_url") else { throw .missing(path) }
    inner.skip("detail")
    let address = try inner.required("url", inner.string("url"))
    try inner.end()
    return try pictures.image(at: address, number: images, field: "\(path).url")
  }

  /// Calls that an earlier answer asked for.
  private func calls(_ fields: inout Fields) throws(RequestError) -> [String] {
    var calls: [String] = []
    for (index, json) in (try fields.array("tool_calls") ?? []).enumerated() {
      var call = try Fields(json, at: "\(fields.path("tool_calls"))[\(index)]")
      call.skip("id", "type", "index")
      guard var function = try call.fields("function") else { throw .missing(call.path("function")) }
      let name = try function.required("name", function.string("name"))
      let text = try function.string("arguments") ?? "{}"
      guard let arguments = try? JSONParser.parse(Array(text.utf8)) else {
        throw .invalid(function.path("arguments"), "is no JSON")
      }
      try function.end()
      try call.end()
      calls.append(ToolTalk.call(name: name, arguments: arguments.written))
    }
    return calls
  }
}
