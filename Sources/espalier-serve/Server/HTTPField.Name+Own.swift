import HTTPTypes

extension HTTPField.Name {
  /// Names an operating point.
  static let espalierPoint = constant("X-Espalier-Point")
  /// Tells proxies to send a stream on as it comes.
  static let accelBuffering = constant("X-Accel-Buffering")
  /// What other sites are told when somebody follows a link.
  static let referrerPolicy = constant("Referrer-Policy")

  private static func constant(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is a name of a field") }
    return field
  }
}
