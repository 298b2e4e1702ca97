import Figures
import JSONReading

/// A function that the model may ask to be called.
struct Tool {
  let name: String
  let description: String?
  /// JSON Schema of its arguments; `nil` for any object.
  let parameters: JSONReading.JSON?

  /// Reads a tool in OpenAI's form: of chat completions, with its function inside, or of responses, without.
  init(_ json: JSONReading.JSON, at path: String, isNested: Bool) throws(RequestError) {
    var outer = try Fields(json, at: path)
    let type = try outer.required("type", outer.string("type"))
    guard type == "function" else {
      throw .unsupported("\(path).type", "is '\(type.prefix(32))'; only functions are supported")
    }
    var fields = outer
    if isNested {
      guard let inner = try outer.fields("function") else { throw .missing("\(path).function") }
      try outer.end()
      fields = inner
    }
    name = try fields.required("name", fields.string("name"))
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else {
      throw .invalid(fields.path("name"), "is not 1 to 64 letters, digits, underscores and dashes")
    }
    description = try fields.string("description")
    parameters = fields.value("parameters")
    switch parameters {
    case nil, .object?: break
    default: throw .invalid(fields.path("parameters"), "is no JSON Schema")
    }
    fields.skip("strict")
    try fields.end()
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// The tool as models have it in front of them.
  var json: Figures.JSON {
    var function: [(key: String, value: Figures.JSON)] = [("name", .string(name))]
    if let description { function.append(("description", .string(description))) }
    if let parameters { function.append(("parameters", parameters.written)) }
    return .object(["type": .string("function"), "function": .object(function)])
  }

  /// JSON Schema of a call.
  var callSchema: JSONReading.JSON {
    .object(
      JSONObject([
        ("type", .string("object")),
        (
          "properties",
          .object(
            JSONObject([
              ("name", .object(JSONObject([("const", .string(name))]))),
              ("arguments", parameters ?? .object(JSONObject([("type", .string("object"))]))),
            ]))
        ),
        ("required", .array([.string("name"), .string("arguments")])),
        ("additionalProperties", .bool(false)),
      ]))
  }
}
