import Compute
import TestSupport
import Testing

/// Scales and elements of panels that are no numbers, as a damaged or a foreign file may have them.
@Suite("Panels with what is no number", .endsWithin(minutes: 1)) struct PanelNumberTests {
  /// Panels of ones.
  private func panels(_ encoding: PanelEncoding, outputs: Int, depth: Int) -> [UInt8] {
    var encoder = PanelEncoder(encoding, depth: depth)
    var bytes: [UInt8] = []
    func take(_ piece: RawSpan) { piece.withUnsafeBytes { bytes += Array($0) } }
    encoder.append(Array(repeating: 1, count: outputs * depth), into: take)
    encoder.finish(into: take)
    return bytes
  }

  private func place(_ encoding: PanelEncoding, _ bytes: [UInt8], outputs: Int, depth: Int) -> [Int]? {
    encoding.nonFinite(in: bytes.span.bytes, outputs: outputs, depth: depth).map { [$0.output, $0.input] }
  }

  @Test(arguments: [1, 2, 31, 63, 64, 65, 130], [1, 16, 17, 40]) func `there is none in panels of numbers`(
    depth: Int, outputs: Int
  ) {
    for encoding in [PanelEncoding.bfloat16, .int8, .int4] {
      let bytes = panels(encoding, outputs: outputs, depth: depth)
      #expect(place(encoding, bytes, outputs: outputs, depth: depth) == nil)
    }
  }

  @Test(arguments: [0x7F80, 0xFF80, 0x7FC0, 0x7F81] as [UInt16])
  func `a 4-bit scale stands for its 32 inputs`(bits: UInt16) {
    // Output 21 is lane 5 of the second panel; inputs 96 to 127 are the second half of the second block.
    let panel = PanelEncoding.int4.panelBytes(depth: 130)
    var bytes = panels(.int4, outputs: 40, depth: 130)
    let start = panel + 576 + 4 * 5 + 2
    (bytes[start], bytes[start + 1]) = (UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8))
    #expect(place(.int4, bytes, outputs: 40, depth: 130) == [21, 96])
  }

  @Test func `an 8-bit scale stands for all inputs, a bfloat16 number for itself`() {
    var bytes = panels(.int8, outputs: 40, depth: 30)
    let start = PanelEncoding.int8.panelBytes(depth: 30) + 4 * 5
    bytes.replaceSubrange(start..<start + 4, with: [0, 0, 0x80, 0x7F])
    #expect(place(.int8, bytes, outputs: 40, depth: 30) == [21, 0])
    bytes = panels(.bfloat16, outputs: 40, depth: 30)
    // Input 7 is the second of its pair.
    let element = PanelEncoding.bfloat16.panelBytes(depth: 30) + 3 * 64 + 4 * 5 + 2
    bytes.replaceSubrange(element..<element + 2, with: [0xC0, 0x7F])
    #expect(place(.bfloat16, bytes, outputs: 40, depth: 30) == [21, 7])
  }
}
