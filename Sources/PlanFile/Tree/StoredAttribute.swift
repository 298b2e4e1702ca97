package import HDF5Subset

/// An attribute's bytes as the file holds them.
package struct StoredAttribute: Equatable, Sendable {
  package var type: SubsetType
  package var shape: [Int]
  package var bytes: [UInt8]

  package static let byteLimit = 60_000
  /// Texts of a list: each costs much more in memory than in the file.
  private static let textLimit = 256
}

extension StoredAttribute {
  init(_ attribute: SubsetAttribute) {
    self.init(type: attribute.type, shape: attribute.shape, bytes: attribute.bytes)
  }
}

extension StoredAttribute {
  /// The stored form, or `nil` when the value does not fit an attribute.
  package init?(_ value: AttributeValue) {
    switch value {
    case .flag(let flag): self.init(type: .uint8, shape: [], bytes: [flag ? 1 : 0])
    case .integer(let number): self.init([number], scalar: true)
    case .unsigned(let number): self.init([number], scalar: true)
    case .real(let number): self.init([number], scalar: true)
    case .integers(let numbers): self.init(numbers, scalar: false)
    case .reals(let numbers): self.init(numbers, scalar: false)
    case .text(let text):
      guard let (width, bytes) = paddedText([text]) else { return nil }
      self.init(type: .text(bytes: width), shape: [], bytes: bytes)
    case .texts(let texts):
      guard let (width, bytes) = paddedText(texts) else { return nil }
      self.init(type: .text(bytes: width), shape: [texts.count], bytes: bytes)
    }
    if bytes.count > Self.byteLimit { return nil }
  }

  private init<Scalar: StoredScalar>(_ values: [Scalar], scalar: Bool) {
    self.init(
      type: Scalar.storedType, shape: scalar ? [] : [values.count],
      bytes: values.withUnsafeBytes { Array($0) })
  }

  /// The value, or `nil` when type and shape are none that a plan uses.
  var value: AttributeValue? {
    switch (type, shape.count) {
    case (.uint8, 0): bytes.first.flatMap { $0 < 2 ? .flag($0 == 1) : nil }
    case (.int64, 0): numbers(Int64.self).first.map { .integer($0) }
    case (.uint64, 0): numbers(UInt64.self).first.map { .unsigned($0) }
    case (.float64, 0): numbers(Double.self).first.map { .real($0) }
    case (.int64, 1): .integers(numbers())
    case (.float64, 1): .reals(numbers())
    case (.text(let width), 0): unpaddedText(bytes, width: width)?.first.map { .text($0) }
    case (.text(let width), 1):
      shape[0] <= Self.textLimit ? unpaddedText(bytes, width: width).map { .texts($0) } : nil
    default: nil
    }
  }

  private func numbers<Scalar: StoredScalar>(_: Scalar.Type = Scalar.self) -> [Scalar] {
    bytes.withUnsafeBytes { loadArray($0) }
  }
}
