public import Compute

/// What is added to the rows of pictures behind some layers.
public struct DeepFeatures {
  /// Those of visual tokens, `[visual tokens of the prompt x layers * width]`, by the number of the token.
  public let features: MatrixView
  /// The layers, in the order of the columns.
  public let layers: [Int]
  /// Positions of the rows that end a row of a picture, ascending: a position is that of one token.
  public let separators: [Int32]
  /// What is added to each of these behind each of the layers.
  public let separator: WeightVector?

  /// Numbers of visual tokens, and of separators where there are any.
  public init(features: MatrixView, layers: [Int], separators: [Int32] = [], separator: WeightVector? = nil) {
    precondition(layers.isEmpty || features.columns % layers.count == 0)
    self.features = features
    self.layers = layers
    self.separators = separators
    self.separator = separator
  }

  /// Adds what belongs behind a layer to some rows, with the numbers of those that are visual.
  func add(behind layer: Int, to hidden: MatrixView, visualIndices: [Int32], positions: [RotaryPosition]) {
    guard let place = layers.firstIndex(of: layer) else { return }
    let width = hidden.columns
    let own = features[columns: place * width..<(place + 1) * width]
    var next = 0
    for (row, token) in visualIndices.enumerated() {
      if token >= 0 {
        hidden[rows: row..<row + 1].add(own[rows: Int(token)..<Int(token) + 1])
        continue
      }
      let position = positions[row].temporal
      while next < separators.count, separators[next] < position { next += 1 }
      if let separator, next < separators.count, separators[next] == position {
        hidden[rows: row..<row + 1].add(separator)
      }
    }
  }
}
