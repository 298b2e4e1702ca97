import HDF5Subset
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct Lookup3Tests {
  private func checksum(_ bytes: [UInt8]) -> UInt32 { Lookup3.checksum(of: bytes.span.bytes) }

  /// From the comments of the algorithm's author.
  @Test func givesThePublishedValues() {
    #expect(checksum([]) == 0xdead_beef)
    let text = Array("Four score and seven years ago".utf8)
    #expect(checksum(text) == 0x1777_0551)
  }

  @Test func dependsOnEveryByteAndTheLength() {
    var seen: Set<UInt32> = []
    for count in 0..<64 {
      var bytes = [UInt8](repeating: 0, count: count)
      seen.insert(checksum(bytes))
      for place in 0..<count {
        bytes[place] = 1
        seen.insert(checksum(bytes))
        bytes[place] = 0
      }
    }
    #expect(seen.count == (0..<64).reduce(0) { $0 + 1 + $1 })
  }
}
