import JSONReading

extension SchemaCompiler {
  /// The schema that `$ref` names.
  func target(of object: JSONObject, at pointer: String) throws(GrammarError) -> Subschema {
    let place = pointer + "/$ref"
    guard case .string(let reference)? = object["$ref"] else {
      throw .invalidSchema(pointer: place, reason: "must be a string")
    }
    guard reference == "#" || reference.hasPrefix("#/") else {
      throw .unsupported(
        keyword: "$ref", pointer: place, reason: "only references like '#/$defs/name' within the schema are")
    }
    var found = Subschema(value: root, pointer: "#")
    for part in reference.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let name = try Self.decoded(part, place)
      let next: JSON? =
        switch found.value {
        case .object(let object): object[name]
        case .array(let list): Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil }
        default: nil
        }
      guard let next else {
        throw .invalidSchema(pointer: place, reason: "names '\(reference.prefix(200))', which is not there")
      }
      found = Subschema(value: next, pointer: found.pointer(to: name))
    }
    return found
  }

  /// A part of a pointer without its escapes.
  private static func decoded(_ part: Substring, _ place: String) throws(GrammarError) -> String {
    var bytes: [UInt8] = []
    var rest = Array(part.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"),
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
        rest.count >= 2
      {
        rest = rest.dropFirst(2)
        bytes.append(value)
      } else if byte == UInt8(ascii: "~"), let next = rest.popFirst() {
        bytes.append(UInt8(ascii: next == UInt8(ascii: "1") ? "/" : "~"))
      } else {
        bytes.append(byte)
      }
    }
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw .invalidSchema(pointer: place, reason: "is no UTF-8")
    }
    return name
  }
}
