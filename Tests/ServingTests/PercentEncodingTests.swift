import Foundation
import Serving
import TestSupport
import Testing

/// Addresses are read as other programs write them.
@Suite(.endsWithin(minutes: 1)) struct PercentEncodingTests {
  @Test(arguments: ["", "plan", "a b/ü%?.jpg", "%", "日本🙂", "a+b"])
  func `what Foundation encodes is decoded`(text: String) throws {
    for allowed in [CharacterSet.urlPathAllowed, .alphanumerics, CharacterSet()] {
      let encoded = try #require(text.addingPercentEncoding(withAllowedCharacters: allowed))
      #expect(encoded.percentDecoded == text)
      #expect(encoded.lowercased().percentDecoded == encoded.lowercased().removingPercentEncoding)
    }
  }

  @Test(arguments: ["%", "%4", "a%4", "%zz", "%4g", "%-1", "%+1", "%ff", "%c3", "%ed%a0%80"])
  func `what stands for no text is none`(text: String) { #expect(text.percentDecoded == nil) }
}
