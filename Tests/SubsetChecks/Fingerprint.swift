public import HDF5Subset

/// A number that tells structures apart, the same in every process.
public func fingerprint(_ objects: [SubsetObject]) -> UInt64 {
  objects.map(\.line).joined().utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

extension SubsetObject {
  /// Everything that is known of an object, in one line.
  public var line: String {
    let place = elements.map { "\($0.type) \($0.shape) \($0.range)" } ?? "group"
    let values = attributes.map { "\($0.name) \($0.type) \($0.shape) \($0.bytes)" }
    return "\(path) \(place): \(values.joined(separator: ", "))\n"
  }
}
