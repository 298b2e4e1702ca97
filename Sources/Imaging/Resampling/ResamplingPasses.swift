/// The two passes of a resize: the one place of this module that works on unsafe buffers.
///
/// Invariant of both: a kernel's `starts[i] + counts[i]` never exceeds the input axis it was made for, and its
/// weights have `stride >= counts[i]` elements for each output sample; so every index below is in bounds. Sums
/// cannot overflow: weights are at most about 2^22 in sum of magnitudes 2^23, samples at most 255.
enum ResamplingPasses {
  /// Resamples the columns of `rows` of `pixels`, `[... x rowBytes]` with the image's column `firstColumn`
  /// leftmost: `[rows.count x kernel outputs x 3]`.
  static func horizontal(
    _ pixels: [UInt8], rowBytes: Int, rows: Range<Int>, firstColumn: Int, kernel: ResamplingKernel
  ) -> [UInt8] {
    let outputs = kernel.starts.count
    let bits = kernel.fractionBits
    let half: Int32 = 1 << (bits - 1)
    let total = rows.count * outputs * 3
    return [UInt8](unsafeUninitializedCapacity: total) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        kernel.weights.withUnsafeBufferPointer { weights in
          var position = 0
          for y in rows {
            let row = y * rowBytes
            for output in 0..<outputs {
              var red = half
              var green = half
              var blue = half
              var sample = row + (kernel.starts[output] - firstColumn) * 3
              let first = output * kernel.stride
              for i in first..<(first + kernel.counts[output]) {
                let weight = weights[i]
                red &+= Int32(source[sample]) &* weight
                green &+= Int32(source[sample + 1]) &* weight
                blue &+= Int32(source[sample + 2]) &* weight
                sample += 3
              }
              target[position] = clipped(red, bits)
              target[position + 1] = clipped(green, bits)
              target[position + 2] = clipped(blue, bits)
              position += 3
            }
          }
        }
      }
      initialized = total
    }
  }

  /// Resamples the rows of `pixels`, `[rows x rowBytes]` with the image's row `firstRow` on top, taking
  /// `bytes` of each row: `[kernel outputs x bytes.count]`.
  static func vertical(
    _ pixels: [UInt8], rowBytes: Int, bytes: Range<Int>, firstRow: Int, kernel: ResamplingKernel
  ) -> [UInt8] {
    let outputs = kernel.starts.count
    let bits = kernel.fractionBits
    let half: Int32 = 1 << (bits - 1)
    let total = outputs * bytes.count
    var sums = [Int32](repeating: 0, count: bytes.count)
    return [UInt8](unsafeUninitializedCapacity: total) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        sums.withUnsafeMutableBufferPointer { sums in
          for output in 0..<outputs {
            sums.update(repeating: half)
            for tap in 0..<kernel.counts[output] {
              let weight = kernel.weights[output * kernel.stride + tap]
              let row = (kernel.starts[output] + tap - firstRow) * rowBytes + bytes.lowerBound
              for i in 0..<sums.count { sums[i] &+= Int32(source[row + i]) &* weight }
            }
            for i in 0..<sums.count { target[output * sums.count + i] = clipped(sums[i], bits) }
          }
        }
      }
      initialized = total
    }
  }

  @inline(__always)
  private static func clipped(_ sum: Int32, _ bits: Int32) -> UInt8 { UInt8(clamping: sum >> bits) }
}
