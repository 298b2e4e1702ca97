/// Reads the fields of a message of Protocol Buffers, one after the other.
struct MessageReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// A field: its number, and a number or some bytes.
  struct Field {
    let number: Int
    fileprivate let value: Value

    fileprivate enum Value {
      case integer(UInt64)
      case bytes(ArraySlice<UInt8>)
    }

    func integer() throws(MessageError) -> Int {
      guard case .integer(let value) = value else {
        throw MessageError(reason: "field \(number) is no number")
      }
      return Int(truncatingIfNeeded: value)
    }

    func float() throws(MessageError) -> Float {
      guard case .integer(let value) = value, let bits = UInt32(exactly: value) else {
        throw MessageError(reason: "field \(number) is no number of 32 bits")
      }
      return Float(bitPattern: bits)
    }

    /// The bytes of a text or of a message within.
    func message() throws(MessageError) -> ArraySlice<UInt8> {
      guard case .bytes(let bytes) = value else {
        throw MessageError(reason: "field \(number) is no message")
      }
      return bytes
    }
  }

  /// The next field; `nil` at the end.
  mutating func next() throws(MessageError) -> Field? {
    guard position < bytes.endIndex else { return nil }
    let key = try variable()
    guard let number = Int(exactly: key >> 3), number > 0 else {
      throw MessageError(reason: "a field has number 0")
    }
    switch key & 7 {
    case 0: return Field(number: number, value: .integer(try variable()))
    case 1: return Field(number: number, value: .integer(try fixed(8)))
    case 2:
      let count = try variable()
      guard let count = Int(exactly: count), count <= bytes.endIndex - position else {
        throw MessageError(reason: "field \(number) goes beyond its end")
      }
      defer { position += count }
      return Field(number: number, value: .bytes(bytes[position..<position + count]))
    case 5: return Field(number: number, value: .integer(try fixed(4)))
    default: throw MessageError(reason: "field \(number) is of kind \(key & 7)")
    }
  }

  /// A number in as many bytes as it needs, seven bits each, the lowest first.
  private mutating func variable() throws(MessageError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < bytes.endIndex else { throw MessageError(reason: "it ends within a number") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
    }
    throw MessageError(reason: "a number has more than 64 bits")
  }

  private mutating func fixed(_ count: Int) throws(MessageError) -> UInt64 {
    guard count <= bytes.endIndex - position else { throw MessageError(reason: "it ends within a number") }
    defer { position += count }
    return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// What is wrong with a message.
struct MessageError: Error {
  let reason: String
}
