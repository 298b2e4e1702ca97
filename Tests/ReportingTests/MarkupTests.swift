import Foundation
@testable import Reporting
import TestSupport
import Testing

/// Text from anywhere stays text.
@Suite(.endsWithin(minutes: 1)) struct MarkupTests {
  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='x", "&lt;", "]]>", "<!--",
    "\u{0}\u{1B}[2J", "\u{202E}abc", "a\u{FFFE}b", "</title><h1>", "</style>",
  ]

  @Test(arguments: hostile) func `hostile text comes back as it was, and makes no element`(text: String)
    throws
  {
    let visible = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 32 || $0 == "\u{FFFE}" ? "\u{FFFD}" : $0 }))
    for markup: Markup in [
      "\(text)", Markup(text: text), .quoted(text), .code(text), .p("before \(text) after"),
      .element("p", [.init("title", text)]),
    ] {
      let document = try ParsedPage("<x>\(markup.source)</x>")
      #expect(document.elements.allSatisfy { ["x", "p", "bdi", "code"].contains($0.name) })
      let values = document.elements.flatMap { $0.attributes.values }
      #expect((document.text + values.joined()).contains(visible))
    }
  }

  @Test func `pieces in a literal stay pieces`() {
    let markup: Markup = "a < \(Markup.strong("b & \("c>")")) \(3)"
    #expect(markup.source == "a &lt; <strong>b &amp; c&gt;</strong> 3")
  }

  @Test func `elements without content are closed in the way of HTML`() {
    #expect(Markup.element("meta", [.init("charset", "utf-8")]).source == "<meta charset=\"utf-8\" />")
    #expect(Markup.element("div").source == "<div></div>")
  }

  @Test(arguments: 0..<70) func `base 64 is Foundation's`(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
    #expect(Base64.text(bytes) == Data(bytes).base64EncodedString())
  }

  @Test func `coordinates are short`() {
    #expect([1.0, 0.5, -0.001, 12.345, 100].map(\.coordinate) == ["1", "0.5", "0", "12.35", "100"])
  }
}
