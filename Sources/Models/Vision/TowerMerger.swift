import Compute
import Plan

/// The merger inside a tower: patches of a window attend to each other, then their mean is added to what an FFN makes of all
/// of them side by side.
struct TowerMerger: Sendable {
  /// Patches along each side of a window.
  let side: Int
  private let attentionNorm: VisionNorm
  private let attention: VisionAttention
  private let heads: Int
  private let norm: VisionNorm
  private let up: WeightMatrix
  private let upBias: WeightVector?
  private let down: WeightMatrix
  private let downBias: WeightVector?
  private let activation: ElementwiseFunction

  /// Binds the merger's tensors.
  init(_ model: VisionModel, weights: some ModelWeights) throws(ModelError) {
    let (name, width, merger) = (VisionModel.mergerWeight, model.width, model.merger)
    (side, heads) = (merger.side, model.heads)
    attentionNorm = try VisionNorm(
      model.norm, name("attention_norm"), width: width, epsilon: model.normEpsilon, weights: weights)
    attention = try VisionAttention(model, clips: nil, weights: weights, name)
    norm = try VisionNorm(
      model.norm, name("norm"), width: model.mergedWidth, epsilon: model.normEpsilon, weights: weights)
    let inner = merger.feedForwardWidth
    up = try weights.matrix(name("up"), rows: inner, columns: model.mergedWidth)
    upBias = model.layerBias ? try weights.vector(name("up_bias"), count: inner) : nil
    down = try weights.matrix(name("down"), rows: width, columns: inner)
    downBias = model.layerBias ? try weights.vector(name("down_bias"), count: width) : nil
    activation = merger.activation.function
  }

  /// One row for each window, `[windows x width]`, of a residual stream, `[rows x width]`, whose rows `order` names window
  /// after window.
  func merge(_ hidden: MatrixView, order: [Int], _ workers: Workers) -> MatrixView {
    let (width, area) = (hidden.columns, side * side)
    let rows = MatrixView(rows: order.count, columns: width)
    rows.gather(rows: order, from: hidden)
    attend(rows, workers)

    let windows = order.count / area
    let joined = MatrixView(rows: windows, columns: area * width)  // [windows x (area * width)]
    for row in 0..<rows.rows {
      let (window, place) = row.quotientAndRemainder(dividingBy: area)
      joined[rows: window..<window + 1][columns: place * width..<(place + 1) * width]
        .copy(from: rows[rows: row..<row + 1])
    }
    let result = MatrixView(rows: windows, columns: width)
    for place in 0..<area { result.add(joined[columns: place * width..<(place + 1) * width]) }
    result.scale(by: 1 / Float(area))

    norm.apply(joined, into: joined, workers)
    let neurons = MatrixView(rows: windows, columns: up.rows)  // [windows x neurons]
    up.multiply(joined, into: neurons, workers)
    if let upBias { neurons.add(upBias, workers) }
    neurons.activate(activation, workers)
    down.multiply(neurons, into: result, accumulating: true, workers)
    if let downBias { result.add(downBias, workers) }
    return result
  }

  /// Adds to each row what it sees of its window.
  private func attend(_ rows: MatrixView, _ workers: Workers) {
    let (width, area) = (rows.columns, side * side)
    let normed = MatrixView(rows: rows.rows, columns: width)
    attentionNorm.apply(rows, into: normed, workers)
    let fused = MatrixView(rows: rows.rows, columns: 3 * width)  // [rows x 3 width]
    attention.project(normed, scratch: normed, at: nil, of: nil, into: fused, workers)
    let panels =
      attention.isReducedPrecision
      ? KeyValuePanels(heads: heads, headWidth: width / heads, capacity: area) : nil
    let windows = stride(from: 0, to: rows.rows, by: area).map { $0..<$0 + area }
    attention.attend(fused, segments: windows, offsets: nil, panels: panels, into: normed, workers)
    attention.output(normed, into: rows, accumulating: true, workers)
  }
}
