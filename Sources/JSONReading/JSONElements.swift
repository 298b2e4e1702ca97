/// The elements of a JSON array as pieces of text, one after the other, so that a large array is never in memory as
/// values.
///
/// Pieces are found by quotes and brackets alone; whether one is JSON shows when it is parsed.
package struct JSONElements: Sequence, IteratorProtocol {
  /// One element.
  package struct Element {
    /// Its bytes, from the first that is no white space.
    package let bytes: Slice<UnsafeRawBufferPointer>
    /// Line of the document that they begin in, from 1.
    package let line: Int
    /// What is wrong with the array at this place, if anything.
    package let problem: String?
  }

  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private var line: Int
  /// Whether the array has ended; what follows its end is then what `next` returns, if it is more than white space.
  private var isOver = false

  /// The elements of a document that begins with `[`; `nil` for another one.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.firstIndex(where: { !Self.isSpace($0) }), bytes[start] == UInt8(ascii: "[") else {
      return nil
    }
    self.bytes = bytes
    position = start + 1
    line = 1 + Self.lines(bytes[..<start])
    // An empty array has no element at all.
    if let next = bytes[position...].firstIndex(where: { !Self.isSpace($0) }),
      bytes[next] == UInt8(ascii: "]")
    {
      line += Self.lines(bytes[position..<next])
      position = next + 1
      isOver = true
    }
  }

  /// The next piece. What is wrong with the array itself comes with the piece where it shows.
  package mutating func next() -> Element? {
    let start = position
    guard !isOver else {
      let rest = bytes[start...]
      position = bytes.count
      guard rest.contains(where: { !Self.isSpace($0) }) else { return nil }
      return element(rest, "something follows the list")
    }
    var depth = 0
    var isText = false
    while position < bytes.count {
      let byte = bytes[position]
      if isText {
        if byte == UInt8(ascii: "\\") { position += 1 } else if byte == UInt8(ascii: "\"") { isText = false }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isText = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "}") where depth > 0: depth -= 1
        case UInt8(ascii: "]") where depth > 0: depth -= 1
        case UInt8(ascii: "]"):
          isOver = true
          return take(start..<position)
        case UInt8(ascii: ",") where depth == 0: return take(start..<position)
        default: break
        }
      }
      position += 1
    }
    isOver = true
    position = bytes.count
    return element(bytes[start...], "the list does not end")
  }

  /// A piece, and on behind the character that ends it.
  private mutating func take(_ range: Range<Int>) -> Element {
    defer {
      line += Self.lines(bytes[range])
      position = range.upperBound + 1
    }
    let isEmpty = bytes[range].allSatisfy(Self.isSpace)
    return element(bytes[range], isEmpty ? "an element is missing at a comma" : nil)
  }

  private func element(_ piece: Slice<UnsafeRawBufferPointer>, _ problem: String?) -> Element {
    let start = piece.firstIndex { !Self.isSpace($0) } ?? piece.endIndex
    return Element(bytes: piece[start...], line: line + Self.lines(piece[..<start]), problem: problem)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  private static func lines(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
    bytes.count { $0 == UInt8(ascii: "\n") }
  }
}
