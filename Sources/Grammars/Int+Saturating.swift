/// Numbers of bytes that stop at a bound, so that no grammar makes them overflow.
extension Int {
  /// More bytes than any text has; what cannot end has this distance to its end.
  static let endless = 1 << 40

  func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .endless : sum.saturated()
  }

  func saturatingMultiply(_ other: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .endless : product.saturated()
  }

  func saturated(to bound: Int = .endless) -> Int { Swift.min(self, bound) }
}
