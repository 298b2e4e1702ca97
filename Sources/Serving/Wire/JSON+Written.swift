import Figures
import JSONReading

extension JSONReading.JSON {
  /// The same document, to be written.
  var written: Figures.JSON {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .real(let value): .number(value)
    case .string(let value): .string(value)
    case .array(let values): .array(values.map(\.written))
    case .object(let object): .object(object.members.map { (key: $0.name, value: $0.value.written) })
    }
  }
}
