import JSONReading

/// The members of an object of a request, by name, with errors that name the path to what is wrong.
///
/// A member that nobody asked for is an error of `end()`: nothing that a client sends is ignored in silence. `null` is as
/// good as a member that is not there.
struct Fields {
  /// Path of the object: empty for the whole request.
  let path: String
  private let object: JSONObject
  private var asked: Set<String> = []

  init(_ json: JSON, at path: String = "") throws(RequestError) {
    guard case .object(let object) = json else {
      throw RequestError(
        400, path.isEmpty ? "the request is no JSON object" : "'\(path)' is no object",
        field: path.isEmpty ? nil : path,
        code: "invalid_type")
    }
    self.path = path
    self.object = object
  }

  /// Values of a request: enough for a schema of 20,000 words, and few beside the bytes of a picture.
  private static let valueLimit = 1 << 17

  /// The document of a request's body.
  static func document(_ bytes: [UInt8]) throws(RequestError) -> Fields {
    let json: JSON
    do { json = try JSONParser.parse(bytes, valueLimit: valueLimit) } catch {
      throw RequestError(
        400, "the request is no JSON: line \(error.line): \(error.reason)", code: "invalid_json")
    }
    return try Fields(json)
  }

  /// The path of a member.
  func path(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// A member as it is; `nil` where it is missing or null.
  mutating func value(_ name: String) -> JSON? {
    asked.insert(name)
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  mutating func string(_ name: String) throws(RequestError) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else { throw wrongType(name, "text") }
    return text
  }

  mutating func bool(_ name: String) throws(RequestError) -> Bool? {
    guard let value = value(name) else { return nil }
    guard case .bool(let flag) = value else { throw wrongType(name, "true or false") }
    return flag
  }

  /// A number within a range.
  mutating func number(_ name: String, in range: ClosedRange<Double>) throws(RequestError) -> Double? {
    let number: Double
    switch value(name) {
    case nil: return nil
    case .integer(let value)?: number = Double(value)
    case .real(let value)?: number = value
    default: throw wrongType(name, "a number")
    }
    guard range.contains(number) else {
      throw .invalid(path(name), "is not within \(range.lowerBound) ... \(range.upperBound)")
    }
    return number
  }

  /// A whole number within a range.
  mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(RequestError) -> Int? {
    guard let value = value(name) else { return nil }
    let whole: Int?
    switch value {
    case .integer(let value): whole = value
    case .real(let value): whole = Int(exactly: value)
    default: whole = nil
    }
    guard let whole else { throw wrongType(name, "a whole number") }
    guard range.contains(whole) else {
      throw .invalid(
        path(name),
        range.upperBound == .max
          ? "is less than \(range.lowerBound)" : "is not within \(range.lowerBound) ... \(range.upperBound)")
    }
    return whole
  }

  mutating func array(_ name: String) throws(RequestError) -> [JSON]? {
    guard let value = value(name) else { return nil }
    guard case .array(let values) = value else { throw wrongType(name, "a list") }
    return values
  }

  mutating func fields(_ name: String) throws(RequestError) -> Fields? {
    guard let value = value(name) else { return nil }
    return try Fields(value, at: path(name))
  }

  /// A member that has to be there.
  func required<Value>(_ name: String, _ value: Value?) throws(RequestError) -> Value {
    guard let value else { throw .missing(path(name)) }
    return value
  }

  /// Members that say nothing about the answer: who asks, and what for.
  mutating func skip(_ names: String...) { asked.formUnion(names) }

  /// The names of all members.
  var names: [String] { object.members.map(\.name) }

  /// Throws when there is a member that nobody asked for.
  func end() throws(RequestError) {
    for (name, value) in object.members where !asked.contains(name) && !value.isNull {
      throw .unsupported(path(String(name.prefix(64))))
    }
  }

  private func wrongType(_ name: String, _ kind: String) -> RequestError {
    RequestError(400, "'\(path(name))' is not \(kind)", field: path(name), code: "invalid_type")
  }
}
