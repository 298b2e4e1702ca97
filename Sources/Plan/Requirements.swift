// What validation of all parts has in common.

/// Demands a number in a range.
package func require(_ value: Int, in range: ClosedRange<Int>, _ name: String, _ object: String) throws(Flaw)
{
  guard range.contains(value) else {
    throw Flaw(object, "\(name) is \(value), expected \(range.lowerBound) to \(range.upperBound)")
  }
}

/// Demands a number in `[low, high]`; NaN and infinities are outside every range.
package func require(
  _ value: Double, from low: Double, upTo high: Double = .greatestFiniteMagnitude, _ name: String,
  _ object: String
) throws(Flaw) {
  guard value >= low, value <= high else {
    throw Flaw(object, "\(name) is \(value), expected \(low) to \(high)")
  }
}

/// Demands a number in `(low, high]`.
package func require(
  _ value: Double, above low: Double, upTo high: Double = .greatestFiniteMagnitude, _ name: String,
  _ object: String
) throws(Flaw) {
  guard value > low, value <= high else {
    throw Flaw(object, "\(name) is \(value), expected above \(low), at most \(high)")
  }
}

/// Demands numbers that are neither NaN nor infinite.
package func requireFinite(_ values: [Double], _ name: String, _ object: String) throws(Flaw) {
  if let value = values.first(where: { !$0.isFinite }) {
    throw Flaw(object, "\(name) has the value \(value)")
  }
}
