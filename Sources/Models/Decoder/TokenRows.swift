public import Compute

/// The residual stream of some tokens with what identifies each of them.
///
/// Positions travel with their tokens and are never renumbered: a token that outlives a pruning keeps its rotary
/// position. A run works on the rows in place: whoever needs them afterwards runs a `copy()`.
public final class TokenRows {
  /// Residual stream, `[n x width]`.
  public private(set) var hidden: MatrixView
  /// Rotary position of each row.
  public private(set) var positions: [RotaryPosition]
  /// Number of the visual token within the prompt (raster order, image after image), or -1 for text.
  public private(set) var visualIndices: [Int32]
  /// What is added to the scores of each row's key, the logarithm of how many tokens it stands for; empty where each
  /// stands for itself alone.
  public private(set) var scoreOffsets: [Float]
  /// What layers add to the rows.
  public let additions: TokenAdditions
  /// How many of the last rows are text behind the last picture, which another question does not share.
  public let questionCount: Int
  /// How many of the last rows are an answer that is fed behind its prompt.
  public let answerCount: Int
  /// Number of visual rows before each visual row, or -1 for text: the unit of hollow attention's distance.
  public private(set) var ordinals: [Int32] = []
  /// Contiguous ranges of visual rows.
  public private(set) var visualRuns: [Range<Int>] = []
  /// Contiguous ranges of text rows.
  public private(set) var textRuns: [Range<Int>] = []

  /// Rows with their identities; all have one entry a row, or no offsets at all.
  public init(
    hidden: MatrixView, positions: [RotaryPosition], visualIndices: [Int32], scoreOffsets: [Float] = [],
    additions: TokenAdditions = TokenAdditions(), questionCount: Int = 0, answerCount: Int = 0
  ) {
    precondition((0...positions.count).contains(questionCount))
    precondition((0...positions.count).contains(answerCount))
    self.questionCount = questionCount
    self.answerCount = answerCount
    precondition(hidden.rows == positions.count && hidden.rows == visualIndices.count)
    precondition(scoreOffsets.isEmpty || scoreOffsets.count == positions.count)
    self.scoreOffsets = scoreOffsets
    self.additions = additions
    self.hidden = hidden
    self.positions = positions
    self.visualIndices = visualIndices
    findRuns()
  }

  /// Number of rows.
  public var count: Int { positions.count }
  /// Number of visual rows.
  public var visualCount: Int { visualRuns.reduce(0) { $0 + $1.count } }
  /// Rows that are visual, ascending.
  public var visualRows: [Int] { visualRuns.flatMap { Array($0) } }

  /// Position of a token behind these.
  public var nextPosition: Int { (positions.lazy.map(\.largest).max() ?? -1) + 1 }

  /// The same tokens with a residual stream of their own.
  public func copy() -> TokenRows {
    TokenRows(
      hidden: hidden.copy(), positions: positions, visualIndices: visualIndices, scoreOffsets: scoreOffsets,
      additions: additions, questionCount: questionCount, answerCount: answerCount)
  }

  /// The same rows with what layers add to them.
  public func with(_ additions: TokenAdditions) -> TokenRows {
    TokenRows(
      hidden: hidden, positions: positions, visualIndices: visualIndices, scoreOffsets: scoreOffsets,
      additions: additions, questionCount: questionCount, answerCount: answerCount)
  }

  /// Adds what belongs behind a layer to the rows of pictures that are left.
  public func addDeepFeatures(behind layer: Int) {
    additions.deepFeatures?.add(
      behind: layer, to: hidden, visualIndices: visualIndices, positions: positions)
  }

  /// Keeps only the listed rows (ascending), in place: the rows after them run short from here on.
  public func keep(_ rows: [Int]) {
    hidden.gather(rows: rows, from: hidden)
    hidden = hidden[rows: 0..<rows.count]
    positions = rows.map { positions[$0] }
    visualIndices = rows.map { visualIndices[$0] }
    if !scoreOffsets.isEmpty { scoreOffsets = rows.map { scoreOffsets[$0] } }
    findRuns()
  }

  private func findRuns() {
    ordinals = []
    ordinals.reserveCapacity(count)
    visualRuns = []
    textRuns = []
    var visual: Int32 = 0
    var start = 0
    for row in 0..<count {
      let isVisual = visualIndices[row] >= 0
      ordinals.append(isVisual ? visual : -1)
      if isVisual { visual += 1 }
      if row + 1 == count || (visualIndices[row + 1] >= 0) != isVisual {
        if isVisual { visualRuns.append(start..<row + 1) } else { textRuns.append(start..<row + 1) }
        start = row + 1
      }
    }
  }
}
