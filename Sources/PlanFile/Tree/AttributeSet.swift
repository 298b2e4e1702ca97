import Plan

/// The attributes of one object, by name. Reading takes them out, so that what stays was not expected.
package struct AttributeSet: Equatable, Sendable {
  package var values: [String: AttributeValue] = [:]

  package init(_ values: [String: AttributeValue] = [:]) { self.values = values }

  // MARK: Writing

  package mutating func put<Value: AttributeConvertible>(_ name: String, _ value: Value) {
    values[name] = value.attributeValue
  }

  mutating func put<Record: AttributeRecord>(_ record: Record, prefix: String = "") {
    for field in Record.fields { values[prefix + field.name] = field.get(record) }
  }

  // MARK: Reading

  /// Takes an attribute that must exist and be of this type.
  mutating func take<Value: AttributeConvertible>(
    _ name: String, as _: Value.Type = Value.self, of object: String
  ) throws(Flaw) -> Value {
    guard let stored = values.removeValue(forKey: name) else {
      throw Flaw(object, "attribute '\(name)' is missing")
    }
    guard let value = Value(attributeValue: stored) else { throw Self.unexpected(stored, name, object) }
    return value
  }

  /// Takes an attribute that may be missing.
  mutating func takeIfPresent<Value: AttributeConvertible>(
    _ name: String, as _: Value.Type = Value.self, of object: String
  ) throws(Flaw) -> Value? {
    values[name] == nil ? nil : try take(name, of: object)
  }

  /// Takes every field of a record.
  mutating func take<Record: AttributeRecord>(
    _: Record.Type = Record.self, prefix: String = "", of object: String
  ) throws(Flaw) -> Record {
    var record = Record.blank
    for field in Record.fields {
      let name = prefix + field.name
      guard let stored = values.removeValue(forKey: name) else {
        throw Flaw(object, "attribute '\(name)' is missing")
      }
      guard field.set(&record, stored) else { throw Self.unexpected(stored, name, object) }
    }
    return record
  }

  /// Demands that everything was taken.
  func finish(_ object: String) throws(Flaw) {
    if let name = values.keys.min() { throw Flaw(object, "attribute '\(name)' is not expected") }
  }

  private static func unexpected(_ value: AttributeValue, _ name: String, _ object: String) -> Flaw {
    if case .text(let text) = value {
      return Flaw(object, "attribute '\(name)' has the unknown value '\(text.prefix(64))'")
    }
    return Flaw(object, "attribute '\(name)' is \(value.kind), which it cannot be")
  }
}
