import CKernels

/// Keys and values of all KV heads in bfloat16, laid out for products: a head's keys are panels whose outputs are
/// entries, its values are panels whose inputs are entries.
///
/// Scores of a query are then one product and the weighted sum of values another, in prefill and decoding alike, and
/// an entry is read once for all query heads of its group.
public final class KeyValuePanels {
  /// KV heads.
  public let heads: Int
  /// Elements of a key or value.
  public let headWidth: Int
  /// Entries there is room for, a multiple of 16.
  public let capacity: Int
  private let buffer: PanelBuffer

  /// Room for at least `capacity` entries in every head.
  public init(heads: Int, headWidth: Int, capacity: Int) {
    self.heads = heads
    self.headWidth = headWidth
    self.capacity = (capacity + 15) / 16 * 16
    let keys = self.capacity / 16 * espalier_bfloat16_panel_bytes(headWidth)
    let values = (headWidth + 15) / 16 * espalier_bfloat16_panel_bytes(self.capacity)
    buffer = PanelBuffer(count: heads * (keys + values), zero: 0)
  }

  /// Bytes of the memory.
  var byteCount: Int { buffer.count }

  private var keyPanelBytes: Int { espalier_bfloat16_panel_bytes(headWidth) }
  private var keyBytes: Int { capacity / 16 * keyPanelBytes }
  private var valuePanelBytes: Int { espalier_bfloat16_panel_bytes(capacity) }
  private var valueBytes: Int { (headWidth + 15) / 16 * valuePanelBytes }

  private func keyBase(_ head: Int) -> UnsafeMutablePointer<UInt8> { buffer.base + head * keyBytes }
  private func valueBase(_ head: Int) -> UnsafeMutablePointer<UInt8> {
    buffer.base + heads * keyBytes + head * valueBytes
  }

  /// Keys of some entries as outputs of a product; they start at a multiple of 16.
  func keys(head: Int, _ entries: Range<Int>) -> espalier_bfloat16_panels {
    espalier_bfloat16_panels(
      panels: keyBase(head) + entries.lowerBound / 16 * keyPanelBytes, panel_bytes: keyPanelBytes,
      outputs: entries.count, depth: headWidth)
  }

  /// Values of some entries as inputs of a product; they start at an even entry.
  func values(head: Int, _ entries: Range<Int>) -> espalier_bfloat16_panels {
    espalier_bfloat16_panels(
      panels: valueBase(head) + entries.lowerBound / 2 * 64, panel_bytes: valuePanelBytes, outputs: headWidth,
      depth: entries.count)
  }

  /// Stores entries `first`, `first + 1`, ...: `keys` and `values` are `[n x (heads * headWidth)]`, keys rotated.
  /// Entries are stored in ascending order.
  public func store(keys: MatrixView, values: MatrixView, at first: Int, _ workers: Workers) {
    precondition(keys.columns == heads * headWidth && values.columns == keys.columns)
    precondition(keys.rows == values.rows && first >= 0 && first + keys.rows <= capacity)
    // An element costs about as much as 8 multiply-adds.
    workers.split(heads, granularity: 1, operations: 16 * keys.rows * keys.columns) { range, _ in
      for head in range {
        for row in 0..<keys.rows {
          let entry = first + row
          kernels.store_output_bfloat16(
            keys.rowBase(row) + head * headWidth, headWidth,
            keyBase(head) + entry / 16 * keyPanelBytes + 4 * (entry % 16))
        }
        kernels.store_inputs_bfloat16(
          values.base + head * headWidth, values.stride, first, values.rows, headWidth, valueBase(head),
          valuePanelBytes)
      }
    }
  }

  /// Takes the listed entries of each head of `source`, in the listed order, as its first entries.
  public func gather(_ kept: [[Int]], from source: KeyValuePanels) {
    precondition(kept.count == heads && source.heads == heads && source.headWidth == headWidth)
    precondition(kept.allSatisfy { $0.count <= capacity })
    for head in 0..<heads {
      for (target, entry) in kept[head].enumerated() {
        Self.copy(
          stride(from: 0, to: keyPanelBytes, by: 64), as: UInt32.self,
          from: source.keyBase(head) + entry / 16 * keyPanelBytes + 4 * (entry % 16),
          to: keyBase(head) + target / 16 * keyPanelBytes + 4 * (target % 16))
        for panel in 0..<(headWidth + 15) / 16 {
          Self.copy(
            stride(from: 0, to: 64, by: 4), as: UInt16.self,
            from: source.valueBase(head) + panel * source.valuePanelBytes + entry / 2 * 64 + 2 * (entry % 2),
            to: valueBase(head) + panel * valuePanelBytes + target / 2 * 64 + 2 * (target % 2))
        }
      }
    }
  }

  private static func copy<Word: BitwiseCopyable>(
    _ offsets: StrideTo<Int>, as word: Word.Type, from source: UnsafeMutablePointer<UInt8>,
    to target: UnsafeMutablePointer<UInt8>
  ) {
    for offset in offsets {
      let value = UnsafeRawPointer(source).load(fromByteOffset: offset, as: word)
      UnsafeMutableRawPointer(target).storeBytes(of: value, toByteOffset: offset, as: word)
    }
  }
}
