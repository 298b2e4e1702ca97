import Plan

/// The weights that make a run of output samples along one axis, in fixed point.
///
/// Byte-identical results need the same roundings as Pillow's and PyTorch's paths for bytes: weights are normalised in
/// double, rounded half away from zero to `fractionBits`, and summed in 32-bit integers.
struct ResamplingKernel {
  /// Bits of the fraction of a weight.
  private(set) var fractionBits: Int32
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
    let filter = resampling.filter
    // Pillow leaves eight bits for the sample and two for overshoot.
    fractionBits = 32 - 8 - 2
    if resampling.resampler == .torch {
      fractionBits = Self.torchBits(Self.largestWeight(input: input, output: output, filter))
    }
    let scale = Double(input) / Double(output)
    let filterScale = max(scale, 1)
    let support = filter.support * filterScale
    let inverse = 1 / filterScale
    stride = Int(support.rounded(.up)) * 2 + 1
    weights = [Int32](repeating: 0, count: window.count * stride)
    starts.reserveCapacity(window.count)
    counts.reserveCapacity(window.count)

    var row = [Double](repeating: 0, count: stride)
    for (index, sample) in window.enumerated() {
      let center = (Double(sample) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(input, Int(center + support + 0.5))
      var sum = 0.0
      for i in start..<end {
        let weight = filter.weight((Double(i) - center + 0.5) * inverse)
        row[i - start] = weight
        sum += weight
      }
      for i in 0..<(end - start) {
        let weight = (sum == 0 ? row[i] : row[i] / sum) * Double(1 << fractionBits)
        weights[index * stride + i] = Int32(weight < 0 ? weight - 0.5 : weight + 0.5)
      }
      starts.append(start)
      counts.append(end - start)
    }
  }

  /// The largest weight of any output sample of an axis, as a share of the sample's sum.
  private static func largestWeight(input: Int, output: Int, _ filter: ResamplingFilter) -> Double {
    let scale = Double(input) / Double(output)
    let filterScale = max(scale, 1)
    let support = filter.support * filterScale
    var largest = 0.0
    for sample in 0..<output {
      let center = (Double(sample) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(input, Int(center + support + 0.5))
      let weights = (start..<end).map { filter.weight((Double($0) - center + 0.5) / filterScale) }
      let sum = weights.reduce(0, +)
      largest = max(largest, (weights.max() ?? 0) / (sum == 0 ? 1 : sum))
    }
    return largest
  }

  /// As many bits as let the largest weight of an axis be a signed number of 16 bits (`compute_index_ranges_int16_weights`).
  private static func torchBits(_ largest: Double) -> Int32 {
    (0..<22).first { Int(0.5 + largest * Double(1 << ($0 + 1))) >= 1 << 15 } ?? 22
  }
}
