/// What calibration found about activations of 7 bits: how much each product loses by them, and all that were chosen
/// together.
public struct NarrowProductHarm: Equatable, Sendable, Codable {
  /// The products that were tried alone, each in all layers.
  public var products: [Harm] = []
  /// Those that take 7 bits, together.
  public var chosen = Harm(name: "")

  /// Nothing tried.
  public init() {}

  /// What is lost where some products take 7 bits.
  public struct Harm: Equatable, Sendable, Codable {
    /// The product; empty for several.
    public var name: String
    /// Mean KL(8 bits || 7 bits) over the calibration samples, nats.
    public var divergence = 0.0
    /// Share of samples whose greedy tokens stay the same.
    public var agreement = 1.0

    /// A product that loses nothing.
    public init(name: String, divergence: Double = 0, agreement: Double = 1) {
      self.name = name
      self.divergence = divergence
      self.agreement = agreement
    }
  }
}

extension NarrowProductHarm: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/narrow_products"

  package func validate(for model: ModelDescription) throws(Flaw) {
    let known = Set(model.products)
    for product in products where !known.contains(product.name) {
      throw Flaw(
        Self.path(of: "product"), "has '\(product.name.prefix(64))', which is no product of this model")
    }
    try requireFinite(
      (products + [chosen]).flatMap { [$0.divergence, $0.agreement] }, "a figure of a product", Self.path)
  }
}
