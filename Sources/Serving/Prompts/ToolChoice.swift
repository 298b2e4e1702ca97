import JSONReading

/// Which tools a model may or has to use.
enum ToolChoice: Equatable {
  case none
  case auto
  case required
  case named(String)
}

extension ToolChoice {
  /// Reads `tool_choice`.
  init(_ json: JSONReading.JSON, of tools: [Tool], isNested: Bool) throws(RequestError) {
    if case .string(let word) = json {
      switch word {
      case "none": self = .none
      case "auto": self = .auto
      case "required": self = .required
      default:
        throw .invalid(
          "tool_choice", "is '\(word.prefix(32))'; there are none, auto, required and a function")
      }
      return
    }
    var fields = try Fields(json, at: "tool_choice")
    let type = try fields.required("type", fields.string("type"))
    guard type == "function" else { throw .unsupported("tool_choice.type", "is '\(type.prefix(32))'") }
    var holder = fields
    if isNested {
      guard let function = try fields.fields("function") else { throw .missing("tool_choice.function") }
      try fields.end()
      holder = function
    }
    let name = try holder.required("name", holder.string("name"))
    try holder.end()
    guard tools.contains(where: { $0.name == name }) else {
      throw .invalid("tool_choice", "names the function '\(name.prefix(64))', which is none of the tools")
    }
    self = .named(name)
  }
}
