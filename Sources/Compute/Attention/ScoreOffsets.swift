import CKernels

/// What is added to the scores of each key, whatever asks: the logarithm of how many equal keys one stands for.
///
/// With it one entry has the weight in a softmax that all of them would have (proportional attention, ToMe, arXiv
/// 2210.09461).
public struct ScoreOffsets {
  private let buffer: FloatBuffer
  private let first: Int
  private let headStride: Int

  /// Offsets of all KV heads, each with room for `capacity` keys.
  public init(_ buffer: FloatBuffer, capacity: Int) {
    self.buffer = buffer
    first = 0
    headStride = capacity
  }

  /// Offsets that are the same for all heads, the first row of a matrix.
  public init(ofAllHeads row: MatrixView) {
    buffer = row.buffer
    first = row.offset
    headStride = 0
  }

  /// Adds the offsets of some keys to their scores.
  func add(to scores: UnsafeMutablePointer<Float>, head: Int, keys: Range<Int>) {
    kernels.add_scaled(1, buffer.base + first + head * headStride + keys.lowerBound, scores, keys.count)
  }
}
