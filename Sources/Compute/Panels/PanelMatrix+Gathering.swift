import CKernels

extension PanelMatrix {
  /// Outputs `selected`, as panels of their own in memory that the second value keeps.
  func gathering(outputs selected: [Int], _ workers: Workers) -> (PanelMatrix, PanelBuffer) {
    let (result, buffer) = blank(encoding, outputs: selected.count, depth: depth)
    let bytes = panelBytes
    workers.split(result.panelCount, granularity: 1, operations: selected.count * depth) { range, _ in
      for panel in range {
        let some = selected[panel * Self.lanes..<min(selected.count, (panel + 1) * Self.lanes)]
        // Lanes without an output are as they are in these panels, where there are any: what is gathered in another order
        // and back has the same bytes.
        let count = outputs % Self.lanes == 0 ? some.count : Self.lanes
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: Self.lanes) { places in
          for lane in 0..<count {
            let output = lane < some.count ? some[some.startIndex + lane] : panelCount * Self.lanes - 1
            places[lane] = panels + output / Self.lanes * bytes + 4 * (output % Self.lanes)
          }
          kernels.gather_outputs(places.baseAddress, count, bytes / 64, buffer.base + panel * bytes)
        }
      }
    }
    return (result, buffer)
  }

  /// Inputs `selected` of every output, as panels of their own in memory that the second value keeps. Of int4 they
  /// become int8: groups that share a scale fall apart.
  func gathering(inputs selected: [Int], _ workers: Workers) -> (PanelMatrix, PanelBuffer) {
    let (result, buffer) = blank(
      encoding == .int4 ? .int8 : encoding, outputs: outputs, depth: selected.count)
    let bytes = result.panelBytes
    workers.split(panelCount, granularity: 1, operations: selected.count * outputs) { range, _ in
      for panel in range {
        let source = panels + panel * panelBytes
        let target = buffer.base + panel * bytes
        switch encoding {
        case .bfloat16: kernels.bfloat16_inputs(source, selected, selected.count, target)
        case .int8: kernels.int8_inputs(source, selected, selected.count, target)
        case .int4: kernels.int4_inputs(source, selected, selected.count, target)
        }
      }
    }
    return (result, buffer)
  }

  /// Panels of their own: elements that nothing is written to are 0.
  private func blank(
    _ encoding: PanelEncoding, outputs: Int, depth: Int
  ) -> (PanelMatrix, PanelBuffer) {
    let panels = (outputs + Self.lanes - 1) / Self.lanes
    // Outputs that are not there have scale 0 or are never read; inputs that are not there are multiplied by 0.
    let buffer = PanelBuffer(
      count: panels * encoding.panelBytes(depth: depth), zero: encoding == .int8 ? 128 : 0)
    let matrix = PanelMatrix(
      encoding: encoding, panels: buffer.base, outputs: outputs, depth: depth, isNarrow: isNarrow)
    return (matrix, buffer)
  }
}
