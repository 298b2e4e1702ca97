/// Draws choices from the bytes of an input; when they have run out, every choice is the first.
struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

  mutating func word() -> UInt64 { bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }

  /// An index below `count`, which is positive.
  mutating func index(below count: Int) -> Int { (Int(byte()) << 8 | Int(byte())) % count }

  /// One of some elements, which are not none.
  mutating func element<Element>(_ elements: [Element]) -> Element { elements[index(below: elements.count)] }
}
