/// Where one of several optional values is in a record, so that checks and files go over all of them alike.
package struct Place<Record>: Sendable {
  /// Type of the value.
  package let type: any SendableMetatype.Type
  /// The value, if the record has it.
  package let get: @Sendable (Record) -> (any Sendable)?
  /// Puts a value of the type into the record.
  package let set: @Sendable (inout Record, any Sendable) -> Void

  init<Value: Sendable & SendableMetatype>(_ path: any WritableKeyPath<Record, Value?> & Sendable) {
    type = Value.self
    get = { $0[keyPath: path] }
    set = { record, value in record[keyPath: path] = value as? Value }
  }
}
