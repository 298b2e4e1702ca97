public import Compute
public import Models

/// What rules see of the visual rows of a prompt, `[N x width]` each, and of what stands beside them.
public struct TokenEvidence {
  /// The residual stream at the input of the prune layer.
  public var sources: MatrixView
  /// The same rows after the norm between the layer's attention and its FFN; before the first layer, `sources`.
  public var targets: MatrixView
  /// What the last prompt row pays each visual row in the layer, summed over heads; empty where no rule asks.
  public var attention: [Float]
  /// The rows of the text behind the pictures at the input of the prune layer, `[m x width]`; no rows where no rule asks.
  public var question: MatrixView

  /// Evidence without attention and question.
  public init(
    sources: MatrixView, targets: MatrixView, attention: [Float] = [],
    question: MatrixView = MatrixView(rows: 0, columns: 0)
  ) {
    self.sources = sources
    self.targets = targets
    self.attention = attention
    self.question = question
  }

  /// What concerns the tokens of one grid.
  func part(of grid: ImageGrid) -> TokenEvidence {
    TokenEvidence(
      sources: grid.rows(of: sources), targets: grid.rows(of: targets),
      attention: attention.isEmpty ? [] : grid.tokens.map { attention[$0] }, question: question)
  }
}

extension TokenRows {
  /// A copy of the visual rows of a matrix that has a row a token.
  public func visual(of matrix: MatrixView) -> MatrixView { copy(visualRows, of: matrix) }

  /// A copy of the rows of the text behind the last visual row, of the first `count` rows.
  public func question(of matrix: MatrixView, count: Int? = nil) -> MatrixView {
    let first = visualRuns.last?.upperBound ?? 0
    return copy(Array(first..<max(first, count ?? self.count)), of: matrix)
  }

  private func copy(_ rows: [Int], of matrix: MatrixView) -> MatrixView {
    let result = MatrixView(rows: rows.count, columns: matrix.columns)
    result.gather(rows: rows, from: matrix)
    return result
  }
}
