/// Where the parts of an object's header lie in a file.
public struct HeaderPlaces: Sendable {
  /// One message.
  public struct Message: Sendable {
    /// HDF5's number of what the message says.
    public var type: UInt8
    /// Offset of the message's type; size, flags and content follow.
    public var start: Int
    /// Offsets of the content.
    public var body: Range<Int>
    /// Offsets of the whole message.
    public var whole: Range<Int> { start..<body.upperBound }
  }

  /// Path of the object.
  public var path: String
  /// Address of the header.
  public var address: Int
  /// Each chunk from its signature up to its checksum.
  public var chunks: [Range<Int>] = []
  /// All messages, empty ones and continuations among them.
  public var messages: [Message] = []
}

/// Finds the headers of a file without judging them: what cannot be followed is left out.
struct HeaderScan {
  private let bytes: [UInt8]
  private(set) var headers: [HeaderPlaces] = []
  private var visited: Set<Int> = []

  static func headers(in bytes: [UInt8]) -> [HeaderPlaces] {
    var scan = HeaderScan(bytes: bytes)
    var waiting: [(path: String, address: Int)] = []
    if let root = scan.number(36, 8) { waiting.append(("/", root)) }
    while let (path, address) = waiting.popLast(), scan.headers.count < 5000 {
      guard scan.visited.insert(address).inserted else { continue }
      scan.visit(path, address, &waiting)
    }
    return scan.headers
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func number(_ offset: Int, _ count: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    return Int(exactly: (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) })
  }

  private mutating func visit(_ path: String, _ address: Int, _ waiting: inout [(path: String, address: Int)])
  {
    guard let flags = number(address, 6).map({ $0 >> 40 }) else { return }
    var header = HeaderPlaces(path: path, address: address)
    let prefix = 6 + (flags & 0x20 == 0 ? 0 : 16) + (flags & 0x10 == 0 ? 0 : 4)
    let width = 1 << (flags & 3)
    guard let size = number(address + prefix, width) else { return }
    var chunks = [(start: address, messages: address + prefix + width, size: size)]
    var done = 0
    while done < chunks.count, done < 5000 {
      let chunk = chunks[done]
      done += 1
      guard chunk.size >= 0, chunk.size <= bytes.count - 4 - chunk.messages else { continue }
      let end = chunk.messages + chunk.size
      header.chunks.append(chunk.start..<end)
      var position = chunk.messages
      while end - position >= 4, let size = number(position + 1, 2), size <= end - position - 4 {
        let body = position + 4..<position + 4 + size
        let message = HeaderPlaces.Message(type: bytes[position], start: position, body: body)
        header.messages.append(message)
        if message.type == 16, size >= 16, let start = number(body.lowerBound, 8),
          let length = number(body.lowerBound + 8, 8), start <= bytes.count - 4, length >= 8
        {
          if visited.insert(start).inserted { chunks.append((start, start + 4, length - 8)) }
        }
        if message.type == 6, size >= 11 {
          let length = Int(bytes[body.lowerBound + 2])
          if size == length + 11, let target = number(body.upperBound - 8, 8) {
            let name = String(decoding: bytes[body.lowerBound + 3..<body.upperBound - 8], as: UTF8.self)
            waiting.append((path == "/" ? "/\(name)" : "\(path)/\(name)", target))
          }
        }
        position = body.upperBound
      }
    }
    headers.append(header)
  }
}
