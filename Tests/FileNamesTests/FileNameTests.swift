import FileNames
import TestSupport
import Testing

/// A name that is no UTF-8 is a text as well, and the same bytes again.
@Suite(.endsWithin(minutes: 1)) struct FileNameTests {
  @Test func `a name of any bytes comes back`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
        // Often what begins a longer character, and what only stands for a byte here.
        [UInt8.random(in: 1...255, using: &generator), 0xF4, 0x8F, 0xB8, 0xC3][
          Int.random(in: 0..<5, using: &generator)]
      }
      #expect(FileName.text(bytes).fileNameBytes == bytes, "\(bytes)")
    }
  }

  @Test(arguments: ["", "plan.h5", "é/数字/👩‍🔬.jpg", "a\u{10FDFF}b", "x\u{10FF00}"])
  func `a name in UTF-8 is that text`(name: String) {
    #expect(FileName.text(Array(name.utf8)) == name)
    #expect(name.fileNameBytes == Array(name.utf8))
  }

  @Test func `a character of a name that stands for a byte here is told from that byte`() {
    let name = Array("a\u{10FEE9}b".utf8)
    let text = FileName.text(name)
    #expect(text != "a\u{10FEE9}b" && text.fileNameBytes == name)
    #expect(FileName.text([0x61, 0xE9, 0x62]) == "a\u{10FEE9}b")
  }

  @Test func `the system takes the bytes, with a zero behind them`() {
    let bytes = FileName.text([0x61, 0xFF]).withFileName { name in (name[0], name[1], name[2]) }
    #expect(bytes == (0x61, -1, 0))
  }
}
