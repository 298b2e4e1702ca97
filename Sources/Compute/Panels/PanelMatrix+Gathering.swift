import CKernels

extension PanelMatrix {
  /// Outputs `selected`, as panels of their own in memory that the second value keeps.
  func gathering(outputs selected: [Int], _ workers: Workers) -> (PanelMatrix, PanelBuffer) {
    let (result, buffer) = PanelMatrix.blank(encoding, outputs: selected.count, depth: depth)
    let bytes = panelBytes
    workers.split(result.panelCount, granularity: 1, operations: selected.count * depth) { range, _ in
      for panel in range {
        let target = UnsafeMutableRawPointer(buffer.base + panel * bytes)
        for lane in 0..<Self.lanes where panel * Self.lanes + lane < selected.count {
          let index = selected[panel * Self.lanes + lane]
          let source = UnsafeRawPointer(panels + index / Self.lanes * bytes)
          // Scales and words of an output lie 64 bytes apart, at the lane's place.
          for offset in stride(from: 0, to: bytes, by: 64) {
            let word = source.loadUnaligned(
              fromByteOffset: offset + 4 * (index % Self.lanes), as: UInt32.self)
            target.storeBytes(of: word, toByteOffset: offset + 4 * lane, as: UInt32.self)
          }
        }
      }
    }
    return (result, buffer)
  }

  /// Inputs `selected` of every output, as panels of their own in memory that the second value keeps. Of int4 they
  /// become bfloat16: groups that share a scale fall apart.
  func gathering(inputs selected: [Int], _ workers: Workers) -> (PanelMatrix, PanelBuffer) {
    let (result, buffer) = PanelMatrix.blank(
      encoding == .int4 ? .bfloat16 : encoding, outputs: outputs, depth: selected.count)
    let bytes = result.panelBytes
    workers.split(panelCount, granularity: 1, operations: selected.count * outputs) { range, _ in
      for panel in range {
        let source = panels + panel * panelBytes
        let target = buffer.base + panel * bytes
        switch encoding {
        case .int4: kernels.int4_inputs(source, selected, selected.count, target)
        case .int8:
          // The scales come first.
          target.update(from: source, count: 64)
          Self.gather(selected, source + 64, target + 64)
        case .bfloat16:
          source.withMemoryRebound(to: UInt16.self, capacity: panelBytes / 2) { source in
            target.withMemoryRebound(to: UInt16.self, capacity: bytes / 2) { target in
              Self.gather(selected, source, target)
            }
          }
        }
      }
    }
    return (result, buffer)
  }

  /// Copies the elements of some inputs, for the 16 outputs of one panel.
  private static func gather<Element>(
    _ selected: [Int], _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>
  ) {
    let inWord = 4 / MemoryLayout<Element>.stride
    for (place, index) in selected.enumerated() {
      let from = source + index / inWord * inWord * lanes + index % inWord
      let to = target + place / inWord * inWord * lanes + place % inWord
      for lane in 0..<lanes { to[inWord * lane] = from[inWord * lane] }
    }
  }

  /// Panels of their own: elements that nothing is written to are 0.
  private static func blank(
    _ encoding: PanelEncoding, outputs: Int, depth: Int
  ) -> (PanelMatrix, PanelBuffer) {
    let panels = (outputs + lanes - 1) / lanes
    // Outputs that are not there have scale 0 or are never read; inputs that are not there are multiplied by 0.
    let buffer = PanelBuffer(
      count: panels * encoding.panelBytes(depth: depth), zero: encoding == .int8 ? 128 : 0)
    return (PanelMatrix(encoding: encoding, panels: buffer.base, outputs: outputs, depth: depth), buffer)
  }
}
