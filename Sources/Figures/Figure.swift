/// A measured number with its unit: the one way in which figures leave the program.
///
/// People read `description` ("12.3 ms"), programs read `json` (seconds, bytes and shares as plain numbers).
public struct Figure: Equatable, Sendable, CustomStringConvertible {
  /// The number, in the base unit: seconds, bytes, a share of 1.
  public var value: Double
  /// What the number counts.
  public var unit: Unit

  /// Creates a figure.
  public init(_ value: Double, _ unit: Unit) {
    self.value = value
    self.unit = unit
  }

  /// What a number counts.
  public enum Unit: Sendable {
    /// Seconds.
    case seconds
    /// Bytes, shown in binary multiples.
    case bytes
    /// A share of 1, shown in percent.
    case share
    /// Floating-point operations.
    case operations
    /// A difference of distributions in nats.
    case nats
    /// A bare count, shown without decimals when whole.
    case count
    /// Events in a second.
    case perSecond
    /// How many times one thing is another.
    case ratio
  }

  /// The figure for people.
  public var description: String {
    guard value.isFinite else { return "-" }
    switch unit {
    case .seconds:
      if value < 1e-3 { return "\(value * 1e6, decimals: 0) us" }
      return value < 1 ? "\(value * 1e3, decimals: value < 0.1 ? 2 : 1) ms" : "\(value, decimals: 2) s"
    case .bytes:
      if value < 1024 { return "\(value, decimals: 0) B" }
      if value < 1024 * 1024 { return "\(value / 1024, decimals: 0) KiB" }
      let mebibytes = value / 1_048_576
      return mebibytes < 1024 ? "\(mebibytes, decimals: 1) MiB" : "\(mebibytes / 1024, decimals: 2) GiB"
    case .share: return "\(value * 100, decimals: 1) %"
    case .operations:
      return value < 1e9 ? "\(value / 1e6, decimals: 1) MFLOP" : "\(value / 1e9, decimals: 2) GFLOP"
    case .nats: return "\(value, decimals: 5)"
    case .count: return value == value.rounded() ? "\(value, decimals: 0)" : "\(value, decimals: 1)"
    case .perSecond: return "\(value, decimals: 1) /s"
    case .ratio: return "\(value, decimals: 2)x"
    }
  }

  /// The number in the base unit; null when it is not finite.
  public var json: JSON { .number(value) }
}

extension DefaultStringInterpolation {
  /// A number with a fixed count of decimals, rounded half away from zero.
  public mutating func appendInterpolation(_ value: Double, decimals: Int) {
    guard value.isFinite, abs(value) < 1e15 else { return appendLiteral("\(value)") }
    var power = 1.0
    for _ in 0..<decimals { power *= 10 }
    let scaled = (abs(value) * power).rounded()
    let whole = Int64(scaled / power)
    let fraction = Int64(scaled - Double(whole) * power)
    let digits = String(fraction)
    let padding = String(repeating: "0", count: max(0, decimals - digits.count))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    appendLiteral(decimals == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(padding)\(digits)")
  }
}
