/// A value type stored as attributes: one list of fields serves writing, reading and the check that
/// nothing is missing and nothing is left over.
protocol AttributeRecord {
  /// What fields are read into: the defaults of those that a file may lack.
  static var blank: Self { get }
  /// Every stored property with its name in the file.
  static var fields: [AttributeField<Self>] { get }
}

extension AttributeRecord {
  /// The values of all fields.
  var attributeFields: [(name: String, value: AttributeValue)] {
    Self.fields.map { ($0.name, $0.get(self)) }
  }
}

/// One stored property of a record.
///
/// A field of a later minor version is written only where it is not as in the record's `blank`, and read as that where it
/// is missing: so plans that do not use it stay as old as they can be.
struct AttributeField<Record> {
  let name: String
  /// The minor version that brought it.
  let since: Int
  /// Whether readers that do not know it may go on without it: no answer depends on it.
  let isOptional: Bool
  let get: (Record) -> AttributeValue
  /// Sets the property; `false` when the value is not of the property's kind.
  let set: (inout Record, AttributeValue) -> Bool

  init<Value: AttributeConvertible>(
    _ name: String, _ property: WritableKeyPath<Record, Value>, since: Int = 0, isOptional: Bool = false
  ) {
    self.name = name
    self.since = since
    self.isOptional = isOptional
    get = { $0[keyPath: property].attributeValue }
    set = { record, value in
      guard let converted = Value(attributeValue: value) else { return false }
      record[keyPath: property] = converted
      return true
    }
  }
}

/// A property type that has a stored form.
package protocol AttributeConvertible {
  var attributeValue: AttributeValue { get }
  init?(attributeValue: AttributeValue)
}

extension Bool: AttributeConvertible {
  package var attributeValue: AttributeValue { .flag(self) }
  package init?(attributeValue: AttributeValue) {
    guard case .flag(let value) = attributeValue else { return nil }
    self = value
  }
}

extension Int: AttributeConvertible {
  package var attributeValue: AttributeValue { .integer(Int64(self)) }
  package init?(attributeValue: AttributeValue) {
    guard case .integer(let value) = attributeValue else { return nil }
    self.init(exactly: value)
  }
}

extension UInt64: AttributeConvertible {
  package var attributeValue: AttributeValue { .unsigned(self) }
  package init?(attributeValue: AttributeValue) {
    guard case .unsigned(let value) = attributeValue else { return nil }
    self = value
  }
}

extension Double: AttributeConvertible {
  package var attributeValue: AttributeValue { .real(self) }
  package init?(attributeValue: AttributeValue) {
    guard case .real(let value) = attributeValue else { return nil }
    self = value
  }
}

extension String: AttributeConvertible {
  package var attributeValue: AttributeValue { .text(self) }
  package init?(attributeValue: AttributeValue) {
    guard case .text(let value) = attributeValue else { return nil }
    self = value
  }
}

extension Array: AttributeConvertible where Element: AttributeElement {
  package var attributeValue: AttributeValue { Element.list(self) }
  package init?(attributeValue: AttributeValue) {
    guard let values = Element.values(in: attributeValue) else { return nil }
    self = values
  }
}

/// An element of a stored list.
package protocol AttributeElement {
  static func list(_ values: [Self]) -> AttributeValue
  static func values(in list: AttributeValue) -> [Self]?
}

extension Int: AttributeElement {
  package static func list(_ values: [Int]) -> AttributeValue { .integers(values.map(Int64.init)) }
  package static func values(in list: AttributeValue) -> [Int]? {
    guard case .integers(let numbers) = list else { return nil }
    let values = numbers.compactMap(Int.init(exactly:))
    return values.count == numbers.count ? values : nil
  }
}

extension Double: AttributeElement {
  package static func list(_ values: [Double]) -> AttributeValue { .reals(values) }
  package static func values(in list: AttributeValue) -> [Double]? {
    guard case .reals(let numbers) = list else { return nil }
    return numbers
  }
}

extension String: AttributeElement {
  package static func list(_ values: [String]) -> AttributeValue { .texts(values) }
  package static func values(in list: AttributeValue) -> [String]? {
    guard case .texts(let texts) = list else { return nil }
    return texts
  }
}

extension AttributeConvertible where Self: RawRepresentable<String> {
  package var attributeValue: AttributeValue { .text(rawValue) }
  package init?(attributeValue: AttributeValue) {
    guard case .text(let name) = attributeValue else { return nil }
    self.init(rawValue: name)
  }
}
