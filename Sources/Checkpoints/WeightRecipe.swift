public import PlanFormat

/// How one tensor of a plan is made from tensors of a checkpoint.
enum WeightRecipe: Sendable {
  /// Rows of the sources one after the other.
  case stacked([SourceTensor])
  /// `[a x b]` to `[b x a]`.
  case transposed(SourceTensor)
  /// A patch embedding `[width, 3, p, p]` that takes raw bytes: `w * rescale / deviation` by channel.
  case foldedPatches(SourceTensor, ImagePreprocessing)
  /// What folding moves into a bias: `-sum(w * mean / deviation)` by row.
  case foldedBias(SourceTensor, ImagePreprocessing)
  /// Computed numbers.
  case values([Float])
}

/// The weights of a checkpoint as a plan wants them, made tensor by tensor while the plan is written.
public struct CheckpointWeights: WeightSource, Sendable {
  let recipes: [String: WeightRecipe]

  /// Gives one tensor of the plan, piece by piece.
  public func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) {
    func give(_ values: [Float]) throws(PlanError) {
      switch format {
      case .float32: try sink(values.span.bytes)
      case .bfloat16:
        let halves = values.map(\.bfloat16Bits)
        try sink(halves.span.bytes)
      }
    }
    switch recipes[tensor.name] {
    case nil: throw PlanError(file: "", object: tensor.name, reason: "is not made by this import")
    case .values(let values): try give(values)
    case .stacked(let sources):
      for source in sources {
        for rows in pieces(of: source) { try give(source.floats(rows)) }
      }
    case .transposed(let source):
      try transpose(source, give)
    case .foldedPatches(let source, let image):
      let plane = source.shape[2] * source.shape[3]
      for row in 0..<source.shape[0] {
        var values = source.floats(3 * plane * row..<3 * plane * (row + 1))
        for index in values.indices {
          values[index] = Float(Double(values[index]) * image.rescale / image.deviation[index / plane])
        }
        try give(values)
      }
    case .foldedBias(let source, let image):
      let plane = source.shape[2] * source.shape[3]
      let bias = (0..<source.shape[0]).map { row -> Float in
        // Hundreds of terms of either sign: summed in double, rounded once.
        var sum = 0.0
        for (index, value) in source.floats(3 * plane * row..<3 * plane * (row + 1)).enumerated() {
          sum += Double(value) * image.mean[index / plane] / image.deviation[index / plane]
        }
        return Float(-sum)
      }
      try give(bias)
    }
  }

  /// Elements of about a megabyte at a time, in whole rows.
  private func pieces(of source: SourceTensor) -> [Range<Int>] {
    let width = max(1, source.shape.dropFirst().reduce(1, *))
    let total = source.shape.reduce(1, *)
    let step = max(1, 262_144 / width) * width
    return stride(from: 0, to: total, by: step).map { $0..<min($0 + step, total) }
  }

  /// Reads bands of columns, which become bands of rows.
  private func transpose(
    _ source: SourceTensor, _ give: ([Float]) throws(PlanError) -> Void
  ) throws(PlanError) {
    let (rows, columns) = (source.shape[0], source.shape[1])
    for start in stride(from: 0, to: columns, by: 64) {
      let band = start..<min(start + 64, columns)
      var values = [Float](repeating: 0, count: band.count * rows)
      for row in 0..<rows {
        let piece = source.floats(row * columns + band.lowerBound..<row * columns + band.upperBound)
        for (column, value) in piece.enumerated() { values[column * rows + row] = value }
      }
      try give(values)
    }
  }
}
