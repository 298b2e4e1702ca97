/// A value beside a group or dataset: a scalar, short text or a small list of these.
public enum AttributeValue: Equatable, Sendable {
  /// Yes or no.
  case flag(Bool)
  /// A signed integer.
  case integer(Int64)
  /// An unsigned integer, such as a seed.
  case unsigned(UInt64)
  /// A number.
  case real(Double)
  /// Short text.
  case text(String)
  /// A list of integers.
  case integers([Int64])
  /// A list of numbers.
  case reals([Double])
  /// A list of texts.
  case texts([String])

  /// For messages.
  var kind: String {
    switch self {
    case .flag: "a flag"
    case .integer: "an integer"
    case .unsigned: "an unsigned integer"
    case .real: "a number"
    case .text: "text"
    case .integers: "a list of integers"
    case .reals: "a list of numbers"
    case .texts: "a list of text"
    }
  }
}
