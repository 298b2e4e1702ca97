/// The text that is signed along with a signature: one line that a terminal can show.
package enum TrustedComment {
  /// Most bytes that minisign reads.
  package static let sizeLimit = 8173

  /// The text of some bytes; a flaw where they are no UTF-8 or hold control characters, the tab excepted.
  static func text(_ bytes: ArraySlice<UInt8>) throws(Flaw) -> String {
    guard bytes.count <= sizeLimit else { throw Flaw("has more than \(sizeLimit) bytes of comment") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Flaw("is not UTF-8") }
    guard isPrintable(text) else { throw Flaw("has control characters") }
    return text
  }

  /// Whether a text has no control characters but tabs.
  package static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0 == "\t" || $0.properties.generalCategory != .control }
  }
}
