import Plan
package import HDF5

/// A value beside a group or dataset: a scalar, short text or a small list of these.
public enum AttributeValue: Equatable, Sendable {
  /// Yes or no.
  case flag(Bool)
  /// A signed integer.
  case integer(Int64)
  /// An unsigned integer, such as a seed.
  case unsigned(UInt64)
  /// A number.
  case real(Double)
  /// Short text.
  case text(String)
  /// A list of integers.
  case integers([Int64])
  /// A list of numbers.
  case reals([Double])
  /// A list of texts.
  case texts([String])

  /// For messages.
  var kind: String {
    switch self {
    case .flag: "a flag"
    case .integer: "an integer"
    case .unsigned: "an unsigned integer"
    case .real: "a number"
    case .text: "text"
    case .integers: "a list of integers"
    case .reals: "a list of numbers"
    case .texts: "a list of text"
    }
  }
}

/// An attribute's bytes as the file holds them.
package struct StoredAttribute: Equatable, Sendable {
  package var type: ElementType
  package var shape: [Int]
  package var bytes: [UInt8]

  package static let byteLimit = 60_000
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

  private init<Scalar: HDF5Scalar>(_ values: [Scalar], scalar: Bool) {
    self.init(
      type: Scalar.elementType, shape: scalar ? [] : [values.count],
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
    case (.text(let width), 1): unpaddedText(bytes, width: width).map { .texts($0) }
    default: nil
    }
  }

  private func numbers<Scalar: HDF5Scalar>(_: Scalar.Type = Scalar.self) -> [Scalar] {
    bytes.withUnsafeBytes { loadArray($0) }
  }
}

/// The numbers in bytes that need not be aligned.
func loadArray<Scalar: HDF5Scalar>(_ bytes: UnsafeRawBufferPointer) -> [Scalar] {
  let stride = MemoryLayout<Scalar>.stride
  return (0..<bytes.count / stride).map { bytes.loadUnaligned(fromByteOffset: $0 * stride, as: Scalar.self) }
}

/// Texts padded with zero bytes to one width; `nil` when a text holds a zero byte itself.
func paddedText(_ texts: [String]) -> (width: Int, bytes: [UInt8])? {
  let width = max(1, texts.map(\.utf8.count).max() ?? 1)
  var bytes: [UInt8] = []
  for text in texts {
    if text.utf8.contains(0) { return nil }
    bytes += text.utf8
    bytes += repeatElement(0, count: width - text.utf8.count)
  }
  return (width, bytes)
}

/// Texts of one padded width; `nil` when one is not UTF-8 or has a zero byte before its padding.
func unpaddedText(_ bytes: [UInt8], width: Int) -> [String]? {
  var texts: [String] = []
  for start in stride(from: 0, to: bytes.count, by: width) {
    let padded = bytes[start..<min(start + width, bytes.count)]
    let text = padded.prefix { $0 != 0 }
    guard padded.dropFirst(text.count).allSatisfy({ $0 == 0 }),
      let valid = String(validating: text, as: UTF8.self)
    else { return nil }
    texts.append(valid)
  }
  return texts
}
