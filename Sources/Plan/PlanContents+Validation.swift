extension PlanContents {
  /// Demands that every number and index makes sense, so that whoever uses them need not ask.
  ///
  /// The writer checks what it writes and the reader what it reads with the same rules.
  package func validate() throws(Flaw) {
    try model.validate()
    try image.validate(for: model)
    try tokenizer.validate(vocabulary: model.text.vocabulary)
    try prompt.validate(tokenizer)
    try calibration?.validate(for: model)
    try requireDigest(sourceDigest, "source_digest", "/")
    let products = Set(model.products)
    for name in narrowProducts where !products.contains(name) {
      throw Flaw("/", "narrow_products has '\(name.prefix(64))', which is no product of this model")
    }
    try require(narrowProducts.count, in: 0...products.count, "number of narrow_products", "/")
    try validate(points, in: OperatingPoint.root)
    try validate(front, in: OperatingPoint.frontRoot)
  }

  private func validate(_ points: [OperatingPoint], in root: String) throws(Flaw) {
    guard points.count <= 64 else { throw Flaw(root, "has \(points.count) points, more than 64") }
    var names: Set<String> = []
    for point in points {
      let path = point.path(in: root)
      guard names.insert(point.name).inserted else { throw Flaw(path, "is there twice") }
      try point.validate(for: model, at: path)
      try point.settings.validate(with: image, at: path)
      try point.settings.validateReferences(in: calibration, at: path)
    }
  }
}

/// Demands a hexadecimal SHA-256 or nothing.
package func requireDigest(_ text: String, _ name: String, _ object: String) throws(Flaw) {
  let isHexadecimal = text.utf8.allSatisfy {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
  }
  guard text.isEmpty || (text.utf8.count == 64 && isHexadecimal) else {
    throw Flaw(object, "\(name) is not a hexadecimal SHA-256")
  }
}
