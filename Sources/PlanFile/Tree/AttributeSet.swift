import Plan

/// The attributes of one object, by name. Reading takes them out, so that what stays was not expected.
package struct AttributeSet: Equatable, Sendable {
  package var values: [String: AttributeValue] = [:]
  /// The minor version that a reader needs for what was put.
  private(set) var minor = 0

  /// Name of the attribute that lists attributes and members of an object which readers may leave alone.
  static let optional = "optional"

  package init(_ values: [String: AttributeValue] = [:]) { self.values = values }

  // MARK: Writing

  package mutating func put<Value: AttributeConvertible>(_ name: String, _ value: Value) {
    values[name] = value.attributeValue
  }

  mutating func put<Record: AttributeRecord>(_ record: Record, prefix: String = "") {
    for field in Record.fields {
      let value = field.get(record)
      if field.since > 0 {
        if value == field.get(Record.blank) { continue }
        need(prefix + field.name, since: field.since, isOptional: field.isOptional)
      }
      values[prefix + field.name] = value
    }
  }

  /// Notes what a minor version brought: an attribute, or a member of a group.
  mutating func need(_ name: String, since: Int, isOptional: Bool) {
    minor = max(minor, since)
    if isOptional { put(Self.optional, (optionalNames + [name]).sorted()) }
  }

  // MARK: Reading

  /// Names that the object lists as optional.
  var optionalNames: [String] {
    if case .texts(let names)? = values[Self.optional] { names } else { [] }
  }

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
        if field.since > 0 { continue }
        throw Flaw(object, "attribute '\(name)' is missing")
      }
      guard field.set(&record, stored) else { throw Self.unexpected(stored, name, object) }
    }
    return record
  }

  /// Demands that everything was taken, or may be left alone in a plan of this version.
  func finish(_ object: String, _ version: FormatVersion) throws(Flaw) {
    var left = values
    if version.minor > 0 { left[Self.optional] = nil }
    if version.isNewer { for name in optionalNames { left[name] = nil } }
    guard let name = left.keys.min() else { return }
    throw Flaw(object, "attribute '\(name.prefix(64))' \(version.unknown)")
  }

  private static func unexpected(_ value: AttributeValue, _ name: String, _ object: String) -> Flaw {
    if case .text(let text) = value {
      return Flaw(object, "attribute '\(name)' has the unknown value '\(text.prefix(64))'")
    }
    return Flaw(object, "attribute '\(name)' is \(value.kind), which it cannot be")
  }
}

extension FormatVersion {
  /// What to say of a name that this program does not know.
  var unknown: String {
    isNewer
      ? "is not known to this program: the plan is of format \(self), this program reads \(Self.current)"
      : "is not expected"
  }
}
