/// A value type stored as attributes: one list of fields serves writing, reading and the check that
/// nothing is missing and nothing is left over.
protocol AttributeRecord {
  /// What fields are read into.
  static var blank: Self { get }
  /// Every stored property with its name in the file.
  static var fields: [AttributeField<Self>] { get }
}

/// One stored property of a record.
struct AttributeField<Record> {
  let name: String
  let get: (Record) -> AttributeValue
  /// Sets the property; `false` when the value is not of the property's kind.
  let set: (inout Record, AttributeValue) -> Bool

  init<Value: AttributeConvertible>(_ name: String, _ property: WritableKeyPath<Record, Value>) {
    self.name = name
    get = { $0[keyPath: property].attributeValue }
    set = { record, value in
      guard let converted = Value(attributeValue: value) else { return false }
      record[keyPath: property] = converted
      return true
    }
  }
}

/// A property type that has a stored form.
protocol AttributeConvertible {
  var attributeValue: AttributeValue { get }
  init?(attributeValue: AttributeValue)
}

extension Bool: AttributeConvertible {
  var attributeValue: AttributeValue { .flag(self) }
  init?(attributeValue: AttributeValue) {
    guard case .flag(let value) = attributeValue else { return nil }
    self = value
  }
}

extension Int: AttributeConvertible {
  var attributeValue: AttributeValue { .integer(Int64(self)) }
  init?(attributeValue: AttributeValue) {
    guard case .integer(let value) = attributeValue else { return nil }
    self.init(exactly: value)
  }
}

extension UInt64: AttributeConvertible {
  var attributeValue: AttributeValue { .unsigned(self) }
  init?(attributeValue: AttributeValue) {
    guard case .unsigned(let value) = attributeValue else { return nil }
    self = value
  }
}

extension Double: AttributeConvertible {
  var attributeValue: AttributeValue { .real(self) }
  init?(attributeValue: AttributeValue) {
    guard case .real(let value) = attributeValue else { return nil }
    self = value
  }
}

extension String: AttributeConvertible {
  var attributeValue: AttributeValue { .text(self) }
  init?(attributeValue: AttributeValue) {
    guard case .text(let value) = attributeValue else { return nil }
    self = value
  }
}

extension Array: AttributeConvertible where Element: AttributeElement {
  var attributeValue: AttributeValue { Element.list(self) }
  init?(attributeValue: AttributeValue) {
    guard let values = Element.values(in: attributeValue) else { return nil }
    self = values
  }
}

/// An element of a stored list.
protocol AttributeElement {
  static func list(_ values: [Self]) -> AttributeValue
  static func values(in list: AttributeValue) -> [Self]?
}

extension Int: AttributeElement {
  static func list(_ values: [Int]) -> AttributeValue { .integers(values.map(Int64.init)) }
  static func values(in list: AttributeValue) -> [Int]? {
    guard case .integers(let numbers) = list else { return nil }
    let values = numbers.compactMap(Int.init(exactly:))
    return values.count == numbers.count ? values : nil
  }
}

extension Double: AttributeElement {
  static func list(_ values: [Double]) -> AttributeValue { .reals(values) }
  static func values(in list: AttributeValue) -> [Double]? {
    guard case .reals(let numbers) = list else { return nil }
    return numbers
  }
}

extension String: AttributeElement {
  static func list(_ values: [String]) -> AttributeValue { .texts(values) }
  static func values(in list: AttributeValue) -> [String]? {
    guard case .texts(let texts) = list else { return nil }
    return texts
  }
}

extension AttributeConvertible where Self: RawRepresentable<String> {
  var attributeValue: AttributeValue { .text(rawValue) }
  init?(attributeValue: AttributeValue) {
    guard case .text(let name) = attributeValue else { return nil }
    self.init(rawValue: name)
  }
}
