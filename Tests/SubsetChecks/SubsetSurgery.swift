import HDF5Subset

/// Changes bytes of a good file, makes its checksums right again, and takes it all back.
public struct SubsetSurgery: Sendable {
  /// The file as it is now.
  public private(set) var bytes: [UInt8]
  /// Headers of the file as it was, in no order.
  public let headers: [HeaderPlaces]
  private var log: [(offset: Int, byte: UInt8)] = []

  /// Takes a good file.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    headers = HeaderScan.headers(in: bytes)
  }

  /// The bytes that differ from the good file, with repetitions.
  public var changes: [(offset: Int, byte: UInt8)] { log.map { ($0.offset, bytes[$0.offset]) } }

  /// The header of an object; the object must be there.
  public func header(_ path: String) -> HeaderPlaces {
    guard let header = headers.first(where: { $0.path == path }) else { preconditionFailure("no \(path)") }
    return header
  }

  /// A message of an object; `name` chooses between links or attributes.
  public func message(_ type: UInt8, of path: String, _ name: String? = nil) -> HeaderPlaces.Message {
    let message = header(path).messages.first { message in
      guard message.type == type else { return false }
      guard let name = name.map({ Array($0.utf8) }) else { return true }
      let start = message.body.lowerBound + (type == 6 ? 3 : 9)
      return bytes[start...].starts(with: name)
        && (type == 6 ? Int(bytes[start - 1]) == name.count : bytes[start + name.count] == 0)
    }
    guard let message else { preconditionFailure("\(path) has no message \(type) \(name ?? "")") }
    return message
  }

  /// The little-endian number at an offset.
  public func number(_ offset: Int, bytes count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
  }

  /// Sets one byte.
  public mutating func set(_ offset: Int, _ byte: UInt8) {
    log.append((offset, bytes[offset]))
    bytes[offset] = byte
  }

  /// Sets some bytes.
  public mutating func set(_ offset: Int, _ values: some Sequence<UInt8>) {
    for (place, byte) in values.enumerated() { set(offset + place, byte) }
  }

  /// Sets a little-endian number.
  public mutating func set(_ offset: Int, number: UInt64, bytes count: Int) {
    set(offset, (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) })
  }

  /// Changes the file's length, and the end of the file in the superblock with it. Cannot be taken back.
  public mutating func append(_ more: [UInt8]) {
    bytes += more
    set(28, number: UInt64(bytes.count), bytes: 8)
  }

  /// Makes all checksums right that can be reached from the root.
  public mutating func repair() {
    repair(0..<44)
    for header in HeaderScan.headers(in: bytes) { for chunk in header.chunks { repair(chunk) } }
  }

  private mutating func repair(_ range: Range<Int>) {
    let sum = bytes.withUnsafeBytes {
      Lookup3.checksum(of: UnsafeRawBufferPointer(rebasing: $0[range]).bytes)
    }
    if number(range.upperBound, bytes: 4) != sum { set(range.upperBound, number: UInt64(sum), bytes: 4) }
  }

  /// Takes all changes back.
  public mutating func undo() {
    for (offset, byte) in log.reversed() { bytes[offset] = byte }
    log.removeAll(keepingCapacity: true)
  }
}
