import Compute
public import Plan
public import PlanFile
public import PlanWriting

/// How one tensor of a plan is made from tensors of a checkpoint.
enum WeightRecipe: Sendable {
  /// Rows of the sources one after the other.
  case stacked([SourceTensor])
  /// A vector, or the listed elements of it, with a number added to each, then all multiplied by another.
  case affine(SourceTensor, elements: [Int]? = nil, offset: Float, factor: Float)
  /// `factor * first * second`, of two vectors element by element.
  case product(SourceTensor, SourceTensor, factor: Float)
  /// `[a x b]` to `[b x a]`; further extents count among `b`.
  case transposed(SourceTensor)
  /// The listed rows of matrices, one matrix after the other; further extents count among the columns.
  case rows([(tensor: SourceTensor, rows: [Int])])
  /// A matrix with its columns in another order: those that are listed.
  case columns(SourceTensor, [Int])
  /// Numbers of which each is a tensor of its own.
  case scalars([SourceTensor])
  /// A patch embedding `[width, 3, p, p]`, or `[width, p * p * 3]` with the channel last, that takes raw bytes:
  /// `w * rescale / deviation` by channel. One over several frames, `[width, 3, frames, p, p]`, becomes one over a picture
  /// that is all of them: the sum.
  case foldedPatches(SourceTensor, ImagePreprocessing)
  /// What folding adds to the patch bias, if there is one: `bias - sum(w * mean / deviation)` by row.
  case foldedBias(SourceTensor, SourceTensor?, ImagePreprocessing)
  /// Computed numbers.
  case values([Float])

  /// The tensors it is made from.
  fileprivate var sources: [SourceTensor] {
    switch self {
    case .stacked(let sources), .scalars(let sources): sources
    case .rows(let sources): sources.map(\.tensor)
    case .transposed(let source), .foldedPatches(let source, _), .affine(let source, _, _, _),
      .columns(let source, _):
      [source]
    case .product(let first, let second, _): [first, second]
    case .foldedBias(let source, let bias, _): [source] + (bias.map { [$0] } ?? [])
    case .values: []
    }
  }
}

/// The weights of a checkpoint as a plan wants them, made tensor by tensor while the plan is written.
public struct CheckpointWeights: WeightSource, Sendable {
  let recipes: [String: WeightRecipe]

  /// Gives one tensor of the plan, piece by piece.
  public func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    var encoder = format.panelEncoding.map {
      PanelEncoder($0, depth: tensor.shape[tensor.isNeuronMajor ? 0 : tensor.shape.count - 1])
    }
    func give(_ values: [Float]) throws(PlanError) {
      if encoder == nil { try sink(values.span.bytes) } else { try encoder?.append(values, into: sink) }
    }
    guard let recipe = recipes[tensor.name] else {
      throw PlanError(file: "", object: tensor.name, reason: "is not made by this import")
    }
    defer { for source in recipe.sources.flatMap(\.parts) { source.release() } }
    for source in recipe.sources.flatMap(\.parts) { try source.mapping.checkUnchanged() }
    switch recipe {
    case .values(let values): try give(values)
    case .stacked(let sources):
      for source in sources {
        for rows in pieces(of: source) {
          if format == .float32, source.isFloat32 {
            try sink(source.numberBytes(rows).bytes)
          } else {
            try give(source.numbers(rows))
          }
          source.release(rows)
        }
      }
    case .affine(let source, let elements, let offset, let factor):
      let values = try source.numbers(0..<source.shape.reduce(1, *))
      let chosen = elements.map { elements in elements.map { values[$0] } } ?? values
      try give(chosen.map { (offset + $0) * factor })
    case .product(let first, let second, let factor):
      let values = try first.numbers(0..<first.shape.reduce(1, *))
      let others = try second.numbers(0..<values.count)
      try give(zip(values, others).map { factor * $0 * $1 })
    case .columns(let source, let order):
      let width = source.shape[1]
      for row in 0..<source.shape[0] {
        let values = try source.numbers(row * width..<(row + 1) * width)
        try give(order.map { values[$0] })
      }
    case .scalars(let sources):
      // Numbers that bound nothing may be infinite.
      let values = sources.map { $0.floats(0..<1)[0] }
      try give(values.map { max(-.greatestFiniteMagnitude, min(.greatestFiniteMagnitude, $0)) })
    case .transposed(let source):
      // Panels of a transpose are those of the matrix as the checkpoint has it.
      if format.hasPanels, tensor.isNeuronMajor {
        for rows in pieces(of: source) { try give(source.numbers(rows)) }
      } else {
        try transpose(source, give)
      }
    case .rows(let sources):
      for (source, list) in sources {
        let width = source.shape.dropFirst().reduce(1, *)
        for row in list { try give(source.numbers(row * width..<(row + 1) * width)) }
      }
    case .foldedPatches(let source, let image):
      let patches = PatchWeights(source)
      for row in 0..<patches.rows {
        try give(
          finite(
            try patches.row(row).enumerated().map { index, value in
              Float(value * image.rescale / image.deviation[index / patches.plane])
            }, source))
      }
    case .foldedBias(let source, let bias, let image):
      let patches = PatchWeights(source)
      let own = try bias?.numbers(0..<patches.rows)
      var sums: [Float] = []
      for row in 0..<patches.rows {
        // Hundreds of terms of either sign: summed in double, rounded once.
        var sum = own.map { Double($0[row]) } ?? 0
        for (index, value) in try patches.row(row).enumerated() {
          sum -= value * image.mean[index / patches.plane] / image.deviation[index / patches.plane]
        }
        sums.append(Float(sum))
      }
      try give(finite(sums, source))
    }
    try encoder?.finish(into: sink)
    for source in recipe.sources.flatMap(\.parts) { try source.mapping.checkUnchanged() }
    return encoder?.relativeError
  }

  /// Demands that folding the preprocessing into weights has kept them numbers.
  private func finite(_ values: [Float], _ source: SourceTensor) throws(PlanError) -> [Float] {
    guard values.allSatisfy(\.isFinite) else {
      throw PlanError(
        file: source.mapping.path, object: source.name,
        reason: "is no number any more with the image processor's rescale_factor, image_mean and image_std")
    }
    return values
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
    let (rows, columns) = (source.shape[0], source.shape.dropFirst().reduce(1, *))
    for start in stride(from: 0, to: columns, by: 64) {
      let band = start..<min(start + 64, columns)
      var values = [Float](repeating: 0, count: band.count * rows)
      for row in 0..<rows {
        let piece = try source.numbers(row * columns + band.lowerBound..<row * columns + band.upperBound)
        for (column, value) in piece.enumerated() { values[column * rows + row] = value }
      }
      try give(values)
    }
  }
}

/// A patch embedding, `[width, 3, p, p]`, `[width, 3, frames, p, p]` or `[width, p * p * 3]`, as rows over one picture.
private struct PatchWeights {
  private let source: SourceTensor
  private let frames: Int
  /// Pixels of a patch.
  let plane: Int
  let rows: Int

  init(_ source: SourceTensor) {
    self.source = source
    let shape = source.shape
    frames = shape.count == 5 ? shape[2] : 1
    plane = shape.count == 2 ? shape[1] / 3 : shape[shape.count - 2] * shape[shape.count - 1]
    rows = shape[0]
  }

  /// Weights of one output, `[3 * plane]`, summed over the frames.
  func row(_ row: Int) throws(PlanError) -> [Double] {
    let count = 3 * frames * plane
    let values = try source.numbers(row * count..<(row + 1) * count)
    return (0..<3 * plane).map { index in
      let (channel, pixel) = index.quotientAndRemainder(dividingBy: plane)
      if source.shape.count == 2 { return Double(values[pixel * 3 + channel]) }
      return (0..<frames).reduce(0.0) { $0 + Double(values[(channel * frames + $1) * plane + pixel]) }
    }
  }
}
