/// A member of a group: a hard link in the one form that the writer has.
struct Link {
  let name: String
  let address: UInt64

  init(_ body: inout Cursor) throws(SubsetError) {
    let object = body.object
    let version: UInt8 = try body.number()
    guard version == 1 else { throw SubsetError(object, "has a link of version \(version), expected 1") }
    let flags: UInt8 = try body.number()
    guard flags & 0x08 == 0 else {
      throw SubsetError(
        object, "has a link of type \(try body.number(UInt8.self)); only hard links are allowed")
    }
    guard flags == 0 else { throw SubsetError(object, "has a link with flags \(flags), expected 0") }
    let length: UInt8 = try body.number()
    guard let name = try body.plainName(Int(length)) else {
      throw SubsetError(object, "has a member with an odd name")
    }
    self.name = name
    address = try body.number()
    try body.finish("link '\(name)'")
  }
}

extension Cursor {
  static let nameLimit = 128

  /// The next bytes as a name; `nil` when they are not 1 to 128 of A-Z, a-z, 0-9, _ and -.
  mutating func plainName(_ length: Int) throws(SubsetError) -> String? {
    guard (1...Self.nameLimit).contains(length) else { return nil }
    var stretch = try take(length)
    let bytes = try stretch.rest()
    let isPlain = bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
    return isPlain ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
