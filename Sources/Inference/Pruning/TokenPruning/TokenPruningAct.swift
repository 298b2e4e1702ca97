public import Compute
public import Models
public import Plan

/// Token pruning: some visual rows leave before a layer or behind one (section 1 of the methods).
struct TokenPruningAct: PruningAct {
  let pruning: TokenPruning
  private var sources: MatrixView?
  private var question: MatrixView?

  init(_ pruning: TokenPruning) { self.pruning = pruning }

  var watchedRows: Int { pruning.rule == .fastV ? 1 : 0 }

  mutating func willRun(_ prompt: PromptRows, in context: Context) {
    guard pruning.layer == TokenPruning.promptPlace, prompt.rows.visualCount > 0 else { return }
    watch(prompt.rows)
    prune(prompt.rows, prompt.grids, attention: [], targets: nil, in: context)
  }

  mutating func willRun(layer: Int, _ rows: TokenRows, in context: Context) {
    guard layer == pruning.layer, rows.visualCount > 0 else { return }
    watch(rows)
  }

  mutating func didRun(_ boundary: borrowing LayerBoundary, in context: Context) {
    guard boundary.layer == pruning.layer else { return }
    let rows = boundary.rows
    prune(
      rows, boundary.prompt.grids,
      attention: boundary.attention.map { rows.visualAttention(in: $0, context.model.text) } ?? [],
      targets: boundary.normed, in: context)
  }

  private mutating func watch(_ rows: TokenRows) {
    sources = rows.visual(of: rows.hidden)
    if pruning.rule.readsQuestion { question = rows.question(of: rows.hidden) }
  }

  private mutating func prune(
    _ rows: TokenRows, _ grids: [ImageGrid], attention: [Float], targets: MatrixView?, in context: Context
  ) {
    guard let sources else { return }
    var evidence = TokenEvidence(
      sources: sources, targets: targets.map { rows.visual(of: $0) } ?? sources, attention: attention)
    if let question { evidence.question = question }
    context.prune(rows, pruning, evidence, grids: grids)
    (self.sources, question) = (nil, nil)
  }
}

extension TokenRows {
  /// Attention of the last watched token on each visual row, summed over heads; `attention` is `[(w * H) x keys]`.
  public func visualAttention(in attention: MatrixView, _ text: TextModel) -> [Float] {
    let heads = attention.rows - text.queryHeads..<attention.rows
    return visualRows.map { row in heads.reduce(Float(0)) { $0 + attention[$1, row] } }
  }
}

extension TokenPruning: MethodWork {
  func visualRows(of layer: Int, present: Int, kept: Int) -> Int { layer > self.layer ? kept : present }

  func asksToRemove(visual: Int, images: Int, layers: Int) -> Bool {
    (1 - keepRatio) * Double(visual) >= Double(images)
  }
}
