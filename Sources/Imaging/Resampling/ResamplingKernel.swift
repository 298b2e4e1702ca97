/// The weights that make a run of output samples along one axis, in fixed point.
///
/// Byte-identical results need the same roundings as Pillow's 8-bit path: weights are normalised in double,
/// rounded half away from zero to `fractionBits`, and summed in 32-bit integers.
struct ResamplingKernel {
  /// Eight bits for the sample and two for overshoot leave these for the fraction of a weight.
  static let fractionBits: Int32 = 32 - 8 - 2

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
  init(input: Int, output: Int, window: Range<Int>, filter: ResamplingFilter) {
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
        let weight = (sum == 0 ? row[i] : row[i] / sum) * Double(1 << Self.fractionBits)
        weights[index * stride + i] = Int32(weight < 0 ? weight - 0.5 : weight + 0.5)
      }
      starts.append(start)
      counts.append(end - start)
    }
  }
}
