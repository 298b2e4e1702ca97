import Plan

/// `/calibration/narrow_products`: the products that were tried, and their figures.
extension NarrowProductHarm: StoredPart {
  static var since: Int { 1 }

  private static let names = DatasetSchema(
    path(of: "product"), "products that were tried with activations of 7 bits")
  private static let figures = DatasetSchema(
    path(of: "figures"),
    "what each of them loses alone, then what all that were chosen lose together, one a row",
    columns: ["divergence_nats", "agreement"])

  func add(to builder: inout TreeBuilder, for model: ModelDescription) throws(Flaw) {
    builder.group(Self.path, "what products lose whose activations have 7 bits instead of 8")
    try builder.texts(Self.names, products.map(\.name))
    let rows = products + [chosen]
    builder.array(Self.figures, rows.flatMap { [$0.divergence, $0.agreement] }, shape: [rows.count, 2])
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    self.init()
    try reader.group(Self.path)
    let names = try reader.texts(Self.names, count: nil)
    let figures: [Double] = try reader.array(Self.figures, shape: [names.count + 1, 2])
    products = names.enumerated().map { index, name in
      Harm(name: name, divergence: figures[2 * index], agreement: figures[2 * index + 1])
    }
    chosen = Harm(name: "", divergence: figures[2 * names.count], agreement: figures[2 * names.count + 1])
  }
}
