extension PanelEncoding {
  /// The first element of some panels that is not a finite number, if there is one: its output and its input. Where
  /// elements share a scale, it is the first of them.
  ///
  /// - Parameters:
  ///   - panels: whole panels, as many as `outputs` fill.
  ///   - outputs: outputs of the product.
  ///   - depth: inputs of the product.
  public func nonFinite(in panels: RawSpan, outputs: Int, depth: Int) -> (output: Int, input: Int)? {
    let panelBytes = panelBytes(depth: depth)
    let count = (outputs + Self.lanes - 1) / Self.lanes
    precondition(panels.byteCount == count * panelBytes, "the panels of another matrix")
    for panel in 0..<count {
      let bytes = panels.extracting(panel * panelBytes..<(panel + 1) * panelBytes)
      if let place = nonFinite(in: bytes, depth: depth) {
        return (panel * Self.lanes + place.lane, place.input)
      }
    }
    return nil
  }

  private func nonFinite(in panel: RawSpan, depth: Int) -> (lane: Int, input: Int)? {
    switch self {
    case .bfloat16:
      // Pair by pair 16 lanes of two elements.
      for index in 0..<panel.byteCount / 2 where !Self.isFinite(panel, bfloat16: index) {
        return (index / 2 % Self.lanes, index / (2 * Self.lanes) * 2 + index % 2)
      }
    case .int8:
      // A float32 scale a lane, in front.
      for lane in 0..<Self.lanes {
        let scale = panel.unsafeLoadUnaligned(fromByteOffset: 4 * lane, as: UInt32.self)
        if !Float(bitPattern: UInt32(littleEndian: scale)).isFinite { return (lane, 0) }
      }
    case .int4:
      // Before the elements of every 64 inputs two bfloat16 scales a lane.
      for block in 0..<(depth + 63) / 64 {
        for index in 0..<2 * Self.lanes where !Self.isFinite(panel, bfloat16: 288 * block + index) {
          return (index / 2, min(depth - 1, 64 * block + 32 * (index % 2)))
        }
      }
    }
    return nil
  }

  /// An exponent of ones is an infinity or not a number.
  private static func isFinite(_ panel: RawSpan, bfloat16 index: Int) -> Bool {
    let bits = UInt16(littleEndian: panel.unsafeLoadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    return bits & 0x7F80 != 0x7F80
  }
}
