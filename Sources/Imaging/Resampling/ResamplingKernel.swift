import Plan

/// The weights that make a run of output samples along one axis, in fixed point.
///
/// Byte-identical results need the same roundings as Pillow's and PyTorch's paths for bytes: weights are normalised in
/// double, rounded half away from zero to `fractionBits`, and summed in 32-bit integers.
struct ResamplingKernel {
  /// Bits of the fraction of a weight.
  let fractionBits: Int32
  /// First input sample of each output sample.
  var starts: [Int] = []
  /// Input samples of each output sample, at least one.
  var counts: [Int] = []
  /// `[outputs x stride]`, zero after the first `counts[i]` of a row.
  var weights: [Int32] = []
  /// Weights from one output sample to the next.
  let stride: Int

  /// Input samples that any output sample needs.
  var inputs: Range<Int> {
    guard let first = starts.first, let last = starts.last, let count = counts.last else { return 0..<0 }
    return first..<(last + count)
  }

  /// - Parameters:
  ///   - input: samples of the whole input axis.
  ///   - output: samples of the whole output axis.
  ///   - window: the output samples that are wanted.
  init(input: Int, output: Int, window: Range<Int>, as resampling: Resampling) {
    let axis = Axis(input: input, output: output, filter: resampling.filter)
    fractionBits =
      switch resampling.resampler {
      // Eight bits for the sample and two for overshoot leave these.
      case .pillow: 32 - 8 - 2
      case .torch: Self.torchBits(axis)
      }
    stride = axis.stride
    weights = [Int32](repeating: 0, count: window.count * stride)
    starts.reserveCapacity(window.count)
    counts.reserveCapacity(window.count)

    var row = [Double](repeating: 0, count: stride)
    for (index, sample) in window.enumerated() {
      let inputs = axis.fill(&row, with: sample)
      for i in 0..<inputs.count {
        let weight = row[i] * Double(1 << fractionBits)
        weights[index * stride + i] = Int32(weight < 0 ? weight - 0.5 : weight + 0.5)
      }
      starts.append(inputs.lowerBound)
      counts.append(inputs.count)
    }
  }

  /// As many bits as let the largest weight of an axis be a signed number of 16 bits (`compute_index_ranges_int16_weights`).
  private static func torchBits(_ axis: Axis) -> Int32 {
    var row = [Double](repeating: 0, count: axis.stride)
    let largest = (0..<axis.output).reduce(0.0) { largest, sample in
      let inputs = axis.fill(&row, with: sample)
      return row[..<inputs.count].reduce(largest, max)
    }
    return (0..<22).first { Int(0.5 + largest * Double(1 << ($0 + 1))) >= 1 << 15 } ?? 22
  }

  /// The weights of an axis as they are before they are rounded.
  private struct Axis {
    let input: Int
    let output: Int
    private let filter: ResamplingFilter
    private let scale: Double
    private let support: Double
    private let inverse: Double

    init(input: Int, output: Int, filter: ResamplingFilter) {
      (self.input, self.output, self.filter) = (input, output, filter)
      scale = Double(input) / Double(output)
      let filterScale = max(scale, 1)
      support = filter.support * filterScale
      inverse = 1 / filterScale
    }

    /// Most weights of a sample.
    var stride: Int { Int(support.rounded(.up)) * 2 + 1 }

    /// The input samples of an output sample, whose weights become the first of `row`.
    func fill(_ row: inout [Double], with sample: Int) -> Range<Int> {
      let center = (Double(sample) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(input, Int(center + support + 0.5))
      var sum = 0.0
      for i in start..<end {
        let weight = filter.weight((Double(i) - center + 0.5) * inverse)
        row[i - start] = weight
        sum += weight
      }
      if sum != 0 { for i in 0..<(end - start) { row[i] /= sum } }
      return start..<end
    }
  }
}
