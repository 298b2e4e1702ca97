import JSONReading

/// What an answer has to look like.
enum OutputForm {
  /// Any text.
  case free
  /// A JSON object.
  case jsonObject
  /// JSON that holds a schema.
  case schema(JSONReading.JSON)
  /// Text of a grammar in GBNF.
  case grammar(String)
  /// Calls of tools: at least one, or only where the text has one.
  case tools([Tool], isRequired: Bool, allowsSeveral: Bool)

  /// Reads `response_format`.
  init(_ json: JSONReading.JSON, at path: String) throws(RequestError) {
    var fields = try Fields(json, at: path)
    let type = try fields.required("type", fields.string("type"))
    switch type {
    case "text": self = .free
    case "json_object":
      // llama.cpp's clients put a schema here.
      if let schema = fields.value("schema") { self = .schema(schema) } else { self = .jsonObject }
    case "json_schema":
      guard var inner = try fields.fields("json_schema") else {
        // The interface of responses has the schema beside its type.
        self = .schema(try fields.required("schema", fields.value("schema")))
        fields.skip("name", "description", "strict")
        break
      }
      self = .schema(try inner.required("schema", inner.value("schema")))
      inner.skip("name", "description", "strict")
      try inner.end()
    default:
      throw .unsupported(
        fields.path("type"), "is '\(type.prefix(32))'; there are text, json_object and json_schema")
    }
    try fields.end()
  }
}
