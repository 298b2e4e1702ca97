import HDF5Subset

/// A file put together by hand, to be as hostile as checksums allow.
public struct CraftedFile {
  /// The bytes so far.
  public private(set) var bytes: [UInt8]

  /// A superblock and no object.
  public init() {
    bytes = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 3, 8, 8, 0] + Self.number(0, 8)
    bytes += [UInt8](repeating: 0xff, count: 8) + [UInt8](repeating: 0, count: 20)
  }

  /// Adds bytes and returns their address.
  @discardableResult
  public mutating func append(_ more: [UInt8]) -> Int {
    bytes += more
    return bytes.count - more.count
  }

  /// Adds a header in one chunk and returns its address.
  public mutating func header(_ messages: [UInt8]) -> Int {
    let prefix = Array("OHDR".utf8) + [2, 0x12, 0xff, 0xff, 0xfe, 0xff] + Self.number(messages.count, 4)
    return append(Self.summed(prefix + messages))
  }

  /// Adds the header of a group and returns its address.
  public mutating func group(_ links: [(name: String, address: Int)], _ more: [UInt8] = []) -> Int {
    header(Self.groupInfo + links.flatMap { Self.link($0.name, $0.address) } + more)
  }

  /// Names the root and closes the file.
  public func finished(root: Int) -> [UInt8] {
    var file = bytes
    file.replaceSubrange(28..<44, with: Self.number(bytes.count, 8) + Self.number(root, 8))
    file.replaceSubrange(0..<48, with: Self.summed(Array(file[..<44])))
    return file
  }

  /// A chunk that a header goes on in.
  public static func chunk(_ messages: [UInt8]) -> [UInt8] { summed(Array("OCHK".utf8) + messages) }

  /// A message with its frame.
  public static func message(_ type: UInt8, flags: UInt8 = 0, _ body: [UInt8]) -> [UInt8] {
    [type] + number(body.count, 2) + [flags] + body
  }

  /// Where a header goes on.
  public static func continuation(_ address: Int, _ size: Int) -> [UInt8] {
    message(MessageType.continuation, number(address, 8) + number(size, 8))
  }

  private static let groupInfo =
    message(MessageType.linkInfo, [0, 0] + [UInt8](repeating: 0xff, count: 16))
    + message(MessageType.groupInfo, flags: 1, [0, 1, 0xff, 0xff, 0xfe, 0xff])

  private static func link(_ name: String, _ address: Int) -> [UInt8] {
    message(MessageType.link, [1, 0, UInt8(name.utf8.count)] + Array(name.utf8) + number(address, 8))
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func summed(_ bytes: [UInt8]) -> [UInt8] {
    bytes + number(Int(Lookup3.checksum(of: bytes.span.bytes)), 4)
  }
}
