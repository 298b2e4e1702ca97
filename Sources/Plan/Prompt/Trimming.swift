/// The ends of a text from which white space goes.
public enum Trimming: String, CaseIterable, Sendable {
  /// Neither.
  case none
  /// The start.
  case left
  /// The end.
  case right
  /// Both.
  case both

  /// Whether the start goes.
  public var trimsLeft: Bool { self == .left || self == .both }
  /// Whether the end goes.
  public var trimsRight: Bool { self == .right || self == .both }

  /// The trimming of the given ends.
  public init(left: Bool, right: Bool) { self = left ? (right ? .both : .left) : (right ? .right : .none) }

  /// The text without the white space at those ends.
  public func trimmed(_ text: String) -> String {
    var rest = text.unicodeScalars[...]
    while trimsLeft, let first = rest.first, Self.isSpace(first) { rest.removeFirst() }
    while trimsRight, let last = rest.last, Self.isSpace(last) { rest.removeLast() }
    return String(rest)
  }

  /// White space as Python's `str.strip` has it: Unicode's, and four separators of ASCII.
  public static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1c...0x1f).contains(scalar.value)
  }
}
