/// Reads the messages of an object's header, chunk after chunk.
///
/// Every byte of a chunk is accounted for: messages, then either nothing or, in a chunk without empty messages, a gap
/// of up to three zero bytes, too short for a message.
struct HeaderReader {
  /// A message as it is framed; what is in it is not looked at.
  struct Message {
    let type: UInt8
    let flags: UInt8
    var body: Cursor
  }

  private let file: UnsafeRawBufferPointer
  private let object: String
  private let chunkLimit: Int
  private var chunk: Cursor
  private var hasEmptyMessage = false
  private var continuations: [(address: UInt64, size: UInt64)] = []
  private var chunksRead = 0

  /// Type, size and flags.
  private static let messageHead = 4
  private static let checksumSize = 4
  /// "OHDR" and "OCHK" as numbers.
  private static let (headerSignature, chunkSignature): (UInt32, UInt32) = (0x5244_484f, 0x4b48_434f)

  /// Reads the header's prefix and checks its first chunk.
  init(
    _ file: UnsafeRawBufferPointer, at address: UInt64, of object: String, limits: SubsetLimits,
    _ claims: inout Claims
  ) throws(SubsetError) {
    self.file = file
    self.object = object
    chunkLimit = limits.chunks
    // Signature, version and flags, then the limits of compact attributes, then the size of the messages.
    var head = try Cursor.stretch(of: file, at: address, bytes: 6, object: object, "header")
    guard try head.number() == Self.headerSignature else {
      throw SubsetError(object, "has no version 2 header at \(address)")
    }
    let version: UInt8 = try head.number()
    guard version == 2 else { throw SubsetError(object, "has a header of version \(version), expected 2") }
    let flags: UInt8 = try head.number()
    guard flags & 0x20 == 0 else { throw SubsetError(object, "stores times") }
    guard flags & 0xfc == 0x10, flags & 3 < 3 else {
      throw SubsetError(object, "has a header with flags \(flags), expected 16, 17 or 18")
    }
    let prefix = 10 + (1 << Int(flags & 3))
    head = try Cursor.stretch(
      of: file, at: address, bytes: UInt64(prefix), object: object, "header")
    _ = try head.take(6)
    guard try head.number(UInt16.self) == 65535, try head.number(UInt16.self) == 65534 else {
      throw SubsetError(object, "has other limits of compact attributes than 65535 and 65534")
    }
    let size: UInt32 =
      switch flags & 3 {
      case 0: UInt32(try head.number(UInt8.self))
      case 1: UInt32(try head.number(UInt16.self))
      default: try head.number()
      }
    chunk = head
    try open(address, UInt64(prefix) + UInt64(size) + UInt64(Self.checksumSize), prefix: prefix, &claims)
  }

  /// Moves on to a chunk whose checksum is right; its messages start behind `prefix` bytes.
  private mutating func open(
    _ address: UInt64, _ size: UInt64, prefix: Int, _ claims: inout Claims
  ) throws(SubsetError) {
    var whole = try Cursor.stretch(of: file, at: address, bytes: size, object: object, "header")
    guard whole.remaining >= prefix + Self.checksumSize else {
      throw SubsetError(object, "has a header of \(size) bytes, too short")
    }
    try claims.takeHeader(whole.position..<whole.position + whole.remaining, for: object)
    var checked = try whole.take(whole.remaining - Self.checksumSize)
    guard try whole.number() == checked.checksum else {
      throw SubsetError(object, "has a header that is damaged")
    }
    _ = try checked.take(prefix)
    chunk = checked
    hasEmptyMessage = false
    chunksRead += 1
  }

  /// The next message that is neither empty nor a continuation; `nil` at the end of the last chunk.
  mutating func next(_ claims: inout Claims) throws(SubsetError) -> Message? {
    while true {
      while chunk.remaining >= Self.messageHead {
        let type: UInt8 = try chunk.number()
        let size: UInt16 = try chunk.number()
        let flags: UInt8 = try chunk.number()
        guard Int(size) <= chunk.remaining else {
          throw SubsetError(object, "has a header message of type \(type) that is longer than its chunk")
        }
        var body = try chunk.take(Int(size))
        switch type {
        case 0:
          // What a removed message leaves behind means nothing.
          guard flags == 0 else {
            throw SubsetError(object, "has an empty header message with flags \(flags), expected 0")
          }
          hasEmptyMessage = true
        case 16:
          guard flags == 0, body.remaining == 16 else {
            throw SubsetError(object, "has a header continuation of another form")
          }
          continuations.append((try body.number(), try body.number()))
          guard continuations.count < chunkLimit else {
            throw SubsetError(object, "has a header of more than \(chunkLimit) chunks")
          }
        default: return Message(type: type, flags: flags, body: body)
        }
      }
      guard chunk.remaining == 0 || !hasEmptyMessage, try chunk.zeros() else {
        throw SubsetError(object, "has bytes behind the messages of a header")
      }
      // The first chunk is no continuation.
      guard chunksRead <= continuations.count else { return nil }
      try openContinuation(continuations[chunksRead - 1], &claims)
    }
  }

  private mutating func openContinuation(
    _ place: (address: UInt64, size: UInt64), _ claims: inout Claims
  ) throws(SubsetError) {
    var head = try Cursor.stretch(
      of: file, at: place.address, bytes: 4, object: object, "header continuation")
    guard try head.number() == Self.chunkSignature else {
      throw SubsetError(object, "has no header continuation at \(place.address)")
    }
    try open(place.address, place.size, prefix: 4, &claims)
  }
}
