/// Harm beyond which no setting of a method is of use: a search looks for what loses a few answers of a hundred.
enum HopelessHarm {
  /// Mean divergence, nats.
  static let divergence = 0.3
}
