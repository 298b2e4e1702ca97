public import Compute

/// What layers add to the rows of a prompt beside what they compute. It is the same from the first layer to the last, and
/// nobody changes it.
public struct TokenAdditions {
  /// What is added to the rows of pictures behind some layers (DeepStack).
  public var deepFeatures: DeepFeatures?
  /// What each layer has of each token's own (per-layer embeddings).
  public var layerInputs: LayerInputs?

  /// Nothing, or what is given.
  public init(deepFeatures: DeepFeatures? = nil, layerInputs: LayerInputs? = nil) {
    self.deepFeatures = deepFeatures
    self.layerInputs = layerInputs
  }

  /// Whether nothing is added.
  public var isEmpty: Bool { deepFeatures == nil && layerInputs == nil }
}

/// What each layer has of each token's own, by the token's position.
public struct LayerInputs {
  /// `[tokens x layers * width]`.
  public let rows: MatrixView
  /// Position of each row, ascending: a position is that of one token.
  public let positions: [Int32]

  /// Numbers of tokens at some positions.
  public init(rows: MatrixView, positions: [Int32]) {
    precondition(rows.rows == positions.count)
    self.rows = rows
    self.positions = positions
  }

  /// These, and those of tokens behind them.
  public func appending(_ others: LayerInputs) -> LayerInputs {
    let all = MatrixView(rows: rows.rows + others.rows.rows, columns: rows.columns)
    all[rows: 0..<rows.rows].copy(from: rows)
    all[rows: rows.rows..<all.rows].copy(from: others.rows)
    return LayerInputs(rows: all, positions: positions + others.positions)
  }

  /// A layer's columns of the tokens that are left, `[n x width]`, in their order.
  func rows(_ columns: Range<Int>, at left: [RotaryPosition]) -> MatrixView {
    let own = rows[columns: columns]
    if left.count == positions.count { return own }
    var places: [Int] = []
    places.reserveCapacity(left.count)
    var place = 0
    for position in left {
      while positions[place] < position.temporal { place += 1 }
      places.append(place)
    }
    let result = MatrixView(rows: places.count, columns: columns.count)
    result.gather(rows: places, from: own)
    return result
  }
}
