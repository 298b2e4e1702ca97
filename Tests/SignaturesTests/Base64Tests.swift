import Foundation
import TestSupport
import Testing

@testable import Signatures

/// Base64 has one form for each sequence of bytes.
@Suite(.endsWithin(minutes: 1)) struct Base64Tests {
  @Test func `bytes come back, in the text that Foundation writes`() {
    for count in 0..<100 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ count) }
      let text = Base64.encode(bytes)
      #expect(text == Data(bytes).base64EncodedString())
      #expect(Base64.decode(Array(text.utf8)[...]) == bytes)
    }
  }

  @Test(arguments: [
    "A", "AA", "AAA", "AAAAA", "A===", "====", "AB==", "AAB=", "A=AA", "AA=A", "=AAA", "AA==AAAA", "AAAA\n",
    "AA A",
    "AA-_", "AAA\u{e9}", " AAAA", "AA==\n", "AAA=====",
  ])
  func `any other text is refused`(text: String) {
    #expect(Base64.decode(Array(text.utf8)[...]) == nil)
  }
}
