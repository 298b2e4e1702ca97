public import Plan

/// The weights of an open plan, lying in its mapping.
public final class WeightStore: Sendable {
  /// Storage of the matrices.
  public let format: WeightFormat
  /// Names in the order of `ModelDescription.weights`.
  public let names: [String]
  /// Path of the plan.
  package let path: String
  private let tensors: [String: StoredTensor]

  init(path: String, format: WeightFormat, tensors: [StoredTensor]) {
    self.path = path
    self.format = format
    names = tensors.map(\.name)
    self.tensors = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor of a name below `/weights`, such as `text/layers/03/qkv`.
  public func tensor(_ name: String) -> StoredTensor? { tensors[name] }

  /// The tensors whose names begin in some way, such as `text/layers/03/`.
  package func tensors(below prefix: String) -> [StoredTensor] {
    names.filter { $0.hasPrefix(prefix) }.compactMap { tensors[$0] }
  }

  /// Throws when the plan's file was written to since it was opened.
  public func checkUnchanged() throws(PlanError) {
    // All tensors lie in one file.
    try tensors.values.first?.mapping.checkUnchanged()
  }

  /// Bytes of all tensors.
  public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.bytes.count } }
}

/// One tensor in the mapping of a plan.
///
/// `bytes` points into `mapping`, which is read-only and lives at least as long as this value: hence the
/// unchecked `Sendable`. Whoever keeps the pointer keeps the value.
public struct StoredTensor: @unchecked Sendable {
  /// Name below `/weights`.
  public let name: String
  /// Rows x columns, or the length of a vector.
  public let shape: [Int]
  /// Element format.
  public let format: WeightFormat
  /// Root mean square of what rounding changed, as a share of that of the elements.
  public let relativeError: Double?
  /// The elements, row-major, little-endian, or panels; aligned to 4096 bytes when there are that many.
  public let bytes: UnsafeRawBufferPointer
  /// What keeps `bytes` valid.
  public let mapping: MappedFile
  /// SHA-256 the plan states for the elements.
  let digest: String

  /// Tells the system that the elements are not needed soon.
  package func release() { if let range { mapping.release(range) } }

  /// Tells the system that the elements are needed soon.
  package func prefetch() { if let range { mapping.prefetch(range) } }

  /// Where the elements lie in the file.
  private var range: Range<Int>? {
    guard let base = mapping.bytes.baseAddress, let start = bytes.baseAddress else { return nil }
    return start - base..<start - base + bytes.count
  }
}
