/// Float32 keys or values of all KV heads: row `i` of head `h` is at `h * headStride + i * rowStride`, `headWidth`
/// floats.
///
/// The fused q/k/v rows of a tower and the per-head blocks of a KV cache are both of this form.
public struct HeadRows {
  let buffer: FloatBuffer
  let offset: Int
  let headStride: Int
  let rowStride: Int

  /// Heads side by side in the columns of a matrix.
  public init(columnsOf matrix: MatrixView, headWidth: Int) {
    buffer = matrix.buffer
    offset = matrix.offset
    headStride = headWidth
    rowStride = matrix.stride
  }

  /// Heads one after the other, each with room for `capacity` rows.
  public init(blocks buffer: FloatBuffer, offset: Int = 0, capacity: Int, headWidth: Int) {
    self.buffer = buffer
    self.offset = offset
    headStride = capacity * headWidth
    rowStride = headWidth
  }

  func base(head: Int) -> UnsafeMutablePointer<Float> { buffer.base + offset + head * headStride }
}

/// Keys and values that queries attend to.
public enum KeyValues {
  /// Float32 rows; keys are already rotated.
  case rows(keys: HeadRows, values: HeadRows)
  /// Rounded to bfloat16.
  case panels(KeyValuePanels)
}
