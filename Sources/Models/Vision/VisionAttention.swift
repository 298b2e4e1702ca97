import Compute
import Plan

/// Attention of a tower: every row sees every row of its segment.
struct VisionAttention: Sendable {
  private let attention: Attention
  private let qkv: WeightMatrix
  private let qkvBias: WeightVector?
  private let queryNorm: VisionNorm?
  private let keyNorm: VisionNorm?
  private let output: WeightMatrix
  private let outputBias: WeightVector?
  private let outputNorm: VisionNorm?
  /// Ones, where values are normed.
  private let valueNorm: WeightVector?
  private let normEpsilon: Float
  private let clips: ProductClips?

  /// Whether keys and values are rounded: where the weights are.
  var isReducedPrecision: Bool { qkv.isReducedPrecision }
  /// The same of the output projection.
  var isOutputReducedPrecision: Bool { output.isReducedPrecision }

  init(
    _ model: VisionModel, clips: ProductClips?, weights: some ModelWeights, _ name: (String) -> String
  ) throws(ModelError) {
    self.clips = clips
    normEpsilon = Float(model.normEpsilon)
    let width = model.width
    func norm(_ part: String) throws(ModelError) -> VisionNorm? {
      guard model.queryKeyNorm else { return nil }
      return try VisionNorm(
        .rmsNorm, name(part), width: model.queryKeyNormWidth, epsilon: model.queryKeyNormEpsilon,
        weights: weights)
    }
    attention = Attention(queryHeads: model.heads, keyValueHeads: model.heads, headWidth: width / model.heads)
    qkv = try weights.matrix(name("qkv"), rows: 3 * width, columns: width)
    qkvBias = model.attentionBias ? try weights.vector(name("qkv_bias"), count: 3 * width) : nil
    queryNorm = try norm("query_norm")
    keyNorm = try norm("key_norm")
    output = try weights.matrix(name("attention_output"), rows: width, columns: width)
    outputBias =
      model.layerBias ? try weights.vector(name("attention_output_bias"), count: width) : nil
    outputNorm =
      model.outputNorms
      ? try VisionNorm(
        model.norm, name("attention_output_norm"), width: width, epsilon: model.normEpsilon,
        weights: weights) : nil
    valueNorm = model.valueNorm ? WeightVector(Array(repeating: 1, count: model.headWidth)) : nil
  }

  /// Whether the output cannot be added at once.
  var changesOutput: Bool { outputNorm != nil || clips != nil }

  /// Queries, keys and values of some normed rows, `[n x width]` to `[n x 3 width]`, with their norms and at their places.
  /// Where products are clipped, `normed` and `scratch`, which has its shape, hold anything afterwards.
  func project(
    _ normed: MatrixView, scratch: MatrixView, at positions: ArraySlice<RotaryPosition>?,
    of rotation: PatchRotation?,
    into fused: MatrixView, _ workers: Workers
  ) {
    let width = normed.columns
    if let clips {
      qkv.multiply(
        normed, outputs: (0..<3).map { $0 * width..<($0 + 1) * width }, within: clips.attention, into: fused,
        scratch: scratch, workers)
    } else {
      qkv.multiply(normed, into: fused, workers)
    }
    if let qkvBias { fused.add(qkvBias, workers) }
    let queries = fused[columns: 0..<width]
    let keys = fused[columns: width..<2 * width]
    queryNorm?.apply(toParts: queries, workers)
    keyNorm?.apply(toParts: keys, workers)
    if let valueNorm {
      fused[columns: 2 * width..<3 * width].rmsNormHeads(valueNorm, epsilon: normEpsilon, workers)
    }
    if let rotation, let positions {
      rotation.table.rotate(
        fused[columns: 0..<2 * width], positions: Array(positions), headWidth: attention.headWidth, workers)
    }
  }

  /// Attention of all rows: each segment sees itself alone, with `offsets` on the scores of its keys.
  func attend(
    _ fused: MatrixView, segments: [Range<Int>], offsets: MatrixView?, panels: KeyValuePanels?,
    into attended: MatrixView, _ workers: Workers
  ) {
    let width = attended.columns
    let queries = fused[columns: 0..<width]
    let keys = fused[columns: width..<2 * width]
    let values = fused[columns: 2 * width..<3 * width]
    for rows in segments {
      let entries = KeyValues(
        keys: keys[rows: rows], values: values[rows: rows], headWidth: attention.headWidth, panels: panels,
        workers)
      attention.attend(
        queries: queries[rows: rows], to: entries,
        offsets: offsets.map { ScoreOffsets(ofAllHeads: $0[columns: rows]) }, keyCount: rows.count,
        mask: .full, into: attended[rows: rows], workers)
    }
  }

  /// What some rows have attended to, by the output projection, written or added to `result`. Where products are clipped,
  /// `attended` holds anything afterwards.
  func output(_ attended: MatrixView, into result: MatrixView, accumulating: Bool, _ workers: Workers) {
    if let clips { attended.clamp(to: clips.output.input, workers) }
    output.multiply(attended, into: result, accumulating: accumulating, workers)
    if let outputBias { result.add(outputBias, workers) }
    if let clips { result.clamp(to: clips.output.output, workers) }
    outputNorm?.apply(result, into: result, workers)
  }
}

/// The places of a tower's rows, for rotary positions.
struct PatchRotation {
  let table: RotaryTable
  let positions: [RotaryPosition]

  /// Angles by row, then as many by column.
  init(frequencies: [Float], _ batch: TowerBatch) {
    let axes = [RotaryAxis.row, .column].flatMap { Array(repeating: $0, count: frequencies.count / 2) }
    let table = RotaryTable(RotaryScheme(frequencies: frequencies, axes: axes))
    table.reserve(positions: batch.inputs.map { max($0.grid.rows, $0.grid.columns) }.max() ?? 0)
    self.init(table: table, batch)
  }

  private init(table: RotaryTable, _ batch: TowerBatch) {
    self.table = table
    positions = batch.inputs.flatMap { rows in
      rows.patches.map { patch in
        let (row, column) = patch.quotientAndRemainder(dividingBy: rows.grid.columns)
        return RotaryPosition(temporal: 0, row: row, column: column)
      }
    }
  }

  /// The places of the rows that are left.
  func of(_ batch: TowerBatch) -> PatchRotation {
    batch.hidden.rows == positions.count ? self : PatchRotation(table: table, batch)
  }
}
