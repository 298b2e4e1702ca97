import Compute
import Plan

/// Ranges that the input and the output of a product are brought into.
struct ProductClip: Equatable, Sendable {
  let input: ClosedRange<Float>
  let output: ClosedRange<Float>
}

/// The ranges of a tower layer's products (Gemma 4's clipped linear layers).
struct ProductClips: Sendable {
  /// Query, key and value.
  let attention: [ProductClip]
  let output: ProductClip
  /// Gate and up.
  let feedForward: [ProductClip]
  let down: ProductClip

  /// Binds a layer's ranges, `[7 x 4]`.
  init(_ layer: Int, weights: some ModelWeights) throws(ModelError) {
    let name = VisionModel.layerWeight(layer, "clips")
    let matrix = try weights.matrix(name, rows: 7, columns: 4)
    let row = MatrixView(rows: 1, columns: 4)
    var clips: [ProductClip] = []
    for index in 0..<matrix.rows {
      matrix.copyRow(index, into: row, row: 0)
      let ends = row.row(0)
      guard ends[0] <= ends[1], ends[2] <= ends[3] else {
        throw ModelError(name, "has a range that ends before it begins")
      }
      clips.append(ProductClip(input: ends[0]...ends[1], output: ends[2]...ends[3]))
    }
    attention = Array(clips[0..<3])
    output = clips[3]
    feedForward = Array(clips[4..<6])
    down = clips[6]
  }
}

extension WeightMatrix {
  /// The products of `input` with `ranges` of the outputs, range after range, each within its clip. `input` and `scratch`,
  /// which has its shape, hold anything afterwards.
  func multiply(
    _ input: MatrixView, outputs ranges: [Range<Int>], within clips: [ProductClip], into output: MatrixView,
    scratch: MatrixView, _ workers: Workers
  ) {
    var first = 0
    let targets = ranges.map { range in
      defer { first += range.count }
      return output[columns: first..<first + range.count]
    }
    if clips.allSatisfy({ $0.input == clips[0].input }), output.columns == rows {
      input.clamp(to: clips[0].input, workers)
      multiply(input, into: output, workers)
    } else {
      for ((clip, range), target) in zip(zip(clips, ranges), targets) {
        scratch.copy(from: input)
        scratch.clamp(to: clip.input, workers)
        // Panels can be used in place where the range starts with one.
        if range.lowerBound % 16 == 0 {
          multiply(scratch, outputs: [range], into: target, workers)
        } else {
          gathering(rows: Array(range), workers).multiply(scratch, into: target, workers)
        }
      }
    }
    for (clip, target) in zip(clips, targets) { target.clamp(to: clip.output, workers) }
  }
}
