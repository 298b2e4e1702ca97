import Compute
import Plan

/// What the model of a question can take of one picture. Whatever a file says is held against it before it is used.
struct PictureLimits {
  /// Floats of a feature.
  var width: Int
  /// Tokens that have an embedding.
  var vocabulary: Int
  /// Most visual tokens.
  var visual: Int
  /// Most tokens, visual ones included.
  var tokens: Int

  /// Most bytes of a file: features, numbers a token, and room for the text around many tiles.
  var fileBytes: Int {
    Int(bounding: 4 * Double(visual) * Double(width) + 64 * Double(tokens) + Double(1 << 20))
  }

  /// Most places of all grids together, with and without a token.
  private static let places = 1 << 24
  /// Most positions that text can leave.
  private static let gap = 1 << 20

  /// Whether an arrangement is one that a picture can have, and the features are its own.
  func allow(_ picture: ImageTokens) -> Bool {
    let arrangement = picture.arrangement
    let indices = arrangement.elements.compactMap { if case .block(let index) = $0 { index } else { nil } }
    guard indices == Array(arrangement.blocks.indices), arrangement.blocks.allSatisfy(allows) else {
      return false
    }
    let places = arrangement.blocks.reduce(0) { $0 + min(Self.places, $1.rows * $1.columns) }
    guard places <= Self.places, arrangement.elements.allSatisfy(allows),
      arrangement.visualCount <= visual, arrangement.count <= tokens
    else { return false }
    return picture.features.count == arrangement.blocks.count
      && zip(picture.features, arrangement.blocks).allSatisfy { $0.rows == $1.count && $0.columns == width }
  }

  private func allows(_ element: ImageArrangement.Element) -> Bool {
    switch element {
    case .tokens(let tokens): areKnown(tokens)
    case .gap(let count): (0...Self.gap).contains(count)
    case .block, .newline: true
    }
  }

  private func areKnown(_ tokens: [Int32]) -> Bool {
    tokens.allSatisfy { $0 >= 0 && Int($0) < vocabulary }
  }

  private func allows(_ block: ImageArrangement.Block) -> Bool {
    let sides = 1...Self.places
    guard sides.contains(block.rows), sides.contains(block.columns), (0...visual).contains(block.leading),
      areKnown(block.betweenRows)
    else { return false }
    if let counts = block.counts {
      let tokens = block.places?.count ?? block.rows * block.columns
      guard counts.count == tokens, counts.allSatisfy((1...Self.places).contains) else { return false }
    }
    return ascends(block.places ?? [], in: 0..<block.rows * block.columns)
      && ascends(block.rowCuts, in: 1..<block.rows) && ascends(block.columnCuts, in: 1..<block.columns)
  }

  private func ascends(_ numbers: [Int], in range: Range<Int>) -> Bool {
    numbers.allSatisfy(range.contains) && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
  }
}
