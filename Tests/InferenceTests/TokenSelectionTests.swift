import Compute
import Inference
import Models
import Plan
import Testing
import TestSupport

/// TopV: which tokens stay (section 1 of the methods).
@Suite(.endsWithin(minutes: 1)) struct TokenSelectionTests {
  @Test(arguments: [0.01, 0.1, 0.25, 0.5, 0.99, 1], ImportanceRule.allCases)
  func `each image keeps floor(keep * N) of its tokens`(keep: Double, rule: ImportanceRule) throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: 2)
    let pruning = TokenPruning(rule: rule, keepRatio: keep, layer: 1)
    let result = try context.run(prompt, PruningSettings(tokenPruning: pruning))
    let kept = result.rows.visualIndices.filter { $0 >= 0 }
    let expected = Int(keep * 16)
    #expect(kept.count { $0 < 16 } == expected && kept.count { $0 >= 16 } == expected)
    #expect(result.counts.visualKept == 2 * expected)
    #expect(kept == kept.sorted() && Set(kept).count == kept.count)
  }

  @Test func `text stays, positions are not renumbered, decoding goes on at the unpruned length`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: 2)
    let pruning = TokenPruning(rule: .semiRelaxed, keepRatio: 0.3, layer: 1)
    let result = try context.run(prompt, PruningSettings(tokenPruning: pruning))
    let text = { (rows: TokenRows) in
      zip(rows.positions, rows.visualIndices).filter { $0.1 < 0 }.map { $0.0 }
    }
    #expect(text(result.rows) == text(prompt.rows))
    for (position, visual) in zip(result.rows.positions, result.rows.visualIndices) where visual >= 0 {
      #expect(position == RotaryPosition(Int(visual) + 2))
    }
    #expect(result.nextPosition == prompt.rows.count)
    #expect(context.startDecoding(result.copy(reserve: 64)).position == prompt.rows.count)
  }

  @Test(arguments: 0..<4) func `layers up to the prune layer run whole, those behind it short`(layer: Int)
    throws
  {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    let pruning = TokenPruning(rule: .stride, keepRatio: 0.25, layer: layer)
    let result = try context.run(prompt, PruningSettings(tokenPruning: pruning))
    #expect(result.cache.layers.map(\.count) == (0..<4).map { $0 <= layer ? 24 : 12 })
    #expect(result.cache.layers.map(\.visualCount) == (0..<4).map { $0 <= layer ? 16 : 4 })
  }

  @Test func `layers behind the prune layer see the kept rows as they were`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    let pruning = TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1)
    let pruned = try context.run(prompt, PruningSettings(tokenPruning: pruning))
    let keptPositions = pruned.rows.positions

    var recorder = Recorder()
    _ = try context.prefill(prompt.copy(), schedule: Schedule(layers: 4), observer: &recorder)
    let rows = recorder.inputs[2]
    rows.keep(keptPositions.map(\.largest))
    let byHand = try context.prefill(
      prompt.replacing(rows), schedule: Schedule(layers: 4), PrefillRange(from: 2), observer: &recorder)
    #expect(context.allLogits(byHand) == context.allLogits(pruned))
  }

  @Test func `the choice looks at the prune layer's input and the norm between its attention and FFN`() throws
  {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: 2)
    var recorder = Recorder()
    _ = try context.prefill(prompt.copy(), schedule: Schedule(layers: 4), observer: &recorder)
    for layer in 0..<3 {
      let pruning = TokenPruning(rule: .semiRelaxed, keepRatio: 0.4, layer: layer)
      let selector = TokenSelector(pruning, Workers(count: 1))
      let inputs = recorder.inputs[layer]
      let sources = inputs.visual(of: inputs.hidden)
      let targets = inputs.visual(of: recorder.normed[layer])
      let expected = prompt.grids.flatMap { grid in
        let range = grid.tokens[0]..<grid.tokens[0] + 16
        return selector.keep(
          TokenEvidence(sources: sources[rows: range], targets: targets[rows: range]), grid: grid
        )
        .map { Int32($0 + grid.tokens[0]) }
      }
      let result = try context.run(prompt, PruningSettings(tokenPruning: pruning))
      #expect(result.rows.visualIndices.filter { $0 >= 0 } == expected)
    }
  }

  @Test func `an image is chosen from on its own: another image changes nothing`() throws {
    let context = try TinyModel.context()
    let (one, two) = (try TinyModel.prompt(context), try TinyModel.prompt(context, images: 2))
    // FastV asks the last token, which has seen all images.
    for rule in ImportanceRule.allCases where rule != .fastV {
      let settings = PruningSettings(tokenPruning: TokenPruning(rule: rule, keepRatio: 0.3, layer: 0))
      let kept = try [one, two].map { prompt in
        try context.run(prompt, settings).rows.visualIndices.filter { (0..<16).contains($0) }
      }
      #expect(kept[0] == kept[1], "\(rule)")
    }
  }

  @Test(arguments: [1, 2, 3, 4, 12, 13]) func `every m-th dropped token comes back, in raster order`(m: Int) {
    // Lengths fall from token 0 on: the best four are 0 to 3, dropped are 4 to 15.
    let rows = MatrixView(rows: 16, columns: 1, elements: (0..<16).map { Float(16 - $0) })
    let pruning = TokenPruning(rule: .l2norm, keepRatio: 0.25, layer: 1, recoveryStride: m)
    let kept = keep(pruning, rows)
    let recovered = stride(from: 4 + m - 1, to: 16, by: m)
    #expect(kept == [0, 1, 2, 3] + Array(recovered))
  }

  @Test(arguments: [(0, 4), (3, 8), (4, 7), (100, 4)]) func `recovery adds dropped / m tokens to any rule`(
    m: Int, count: Int
  ) throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    for rule in ImportanceRule.allCases {
      let pruning = TokenPruning(rule: rule, keepRatio: 0.25, layer: 1, recoveryStride: m)
      #expect(
        try context.run(prompt, PruningSettings(tokenPruning: pruning)).counts.visualKept == count, "\(rule)")
    }
  }

  @Test func `equal importance goes to the lower index`() {
    let rows = MatrixView(rows: 16, columns: 2)
    rows.fill(1)
    for rule: ImportanceRule in [.l2norm, .inverseL2norm] {
      #expect(keep(TokenPruning(rule: rule, keepRatio: 0.4, layer: 1), rows) == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test func `inverted keeps what semi_relaxed would keep last`() {
    let rows = randomMatrix(16, 8, seed: 9)
    let best = keep(TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1), rows)
    let distinctive = keep(TokenPruning(rule: .inverted, keepRatio: 0.5, layer: 1), rows)
    #expect((best + distinctive).sorted() == Array(0..<16))
  }

  @Test func `random is the same for a seed, and different between seeds and between images`() {
    func kept(seed: UInt64, firstVisual: Int = 0) -> [Int] {
      keep(
        TokenPruning(rule: .random, keepRatio: 0.5, layer: 1, seed: seed), MatrixView(rows: 0, columns: 0),
        firstVisual: firstVisual)
    }
    #expect(kept(seed: 1) == kept(seed: 1))
    #expect(kept(seed: 1) != kept(seed: 2))
    #expect(kept(seed: 1) != kept(seed: 1, firstVisual: 16))
    let counts = (0..<16).map { token in (0..<400).count { kept(seed: $0).contains(token) } }
    #expect(counts.allSatisfy { (150...250).contains($0) }, "each token in about half of the draws")
  }

  @Test(arguments: [1, 3, 4, 7, 15]) func `stride is spaced evenly from the first token`(count: Int) {
    let pruning = TokenPruning(rule: .stride, keepRatio: (Double(count) + 0.5) / 16, layer: 1)
    let kept = keep(pruning, MatrixView(rows: 0, columns: 0))
    #expect(kept.count == count && kept.first == 0)
    let gaps = zip(kept, kept.dropFirst() + [16]).map { $1 - $0 }
    #expect((gaps.max() ?? 0) - (gaps.min() ?? 0) <= 1)
  }

  /// A tower that keeps its class token gives one visual token more than its grid has places.
  @Test(arguments: [1.0, 0.5])
  func `a class token among the visual tokens has no place on the grid and stays`(
    keep: Double
  ) throws {
    var model = TinyModel.description
    model.vision.dropsFirstToken = false
    let context = try TinyModel.context(model, weights: RandomWeights(seed: 1), threads: 1)
    let features = [17, 18].map {
      ImageTokens(
        grid: PatchGrid(rows: 4, columns: 4), leading: 1, randomMatrix(17, model.text.width, seed: $0))
    }
    let layout = PromptLayout(parts: [.token(1), .image(0), .image(1), .token(4)])
    let prompt = try context.embed(layout, images: features)
    #expect(prompt.grids.map { $0.tokens[0] } == [1, 18])
    let pruning = TokenPruning(rule: .semiRelaxed, keepRatio: keep, layer: 1)
    let kept = try context.run(prompt, PruningSettings(tokenPruning: pruning)).rows.visualIndices
    #expect(kept.contains(0) && kept.contains(17))
    #expect(kept.count { $0 >= 0 } == 2 * (1 + Int(keep * 16)))
  }

  private func keep(_ pruning: TokenPruning, _ rows: MatrixView, firstVisual: Int = 0) -> [Int] {
    TokenSelector(pruning, Workers(count: 1)).keep(
      TokenEvidence(sources: rows, targets: rows),
      grid: ImageGrid(firstVisual: firstVisual, rows: 4, columns: 4))
  }
}
