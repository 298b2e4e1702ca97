import Compute
import Models
import Plan
import Testing
import TestSupport

@testable import Inference

/// The plain ways to spend a budget of visual tokens, which points are measured against.
@Suite(.endsWithin(minutes: 1)) struct BaselineSelectionTests {
  @Test(arguments: [(4, 4), (5, 3), (1, 7), (16, 16), (24, 24)], [0.01, 0.1, 0.2, 0.25, 0.4, 0.5, 0.9, 1])
  func `pooling keeps its budget, and each block's neighbours are in one`(size: (Int, Int), keep: Double) {
    let grid = ImageGrid(firstVisual: 3, rows: size.0, columns: size.1)
    let pooling = GridPooling(grid, keeping: Int(keep * Double(grid.count)))
    #expect(pooling.kept.count == Int(keep * Double(grid.count)))
    #expect(pooling.kept == pooling.kept.sorted())
    let pooled = pooling.blocks.flatMap(\.self)
    #expect(Set(pooled).count == pooled.count && pooled.allSatisfy { (0..<grid.count).contains($0) })
    for block in pooling.blocks {
      #expect(block.count > 1 && pooling.kept.contains(block[0]))
      #expect(block.dropFirst().allSatisfy { !pooling.kept.contains($0) })
      if keep >= 0.25, size.0 % 2 == 0, size.1 % 2 == 0 {
        #expect(
          block.allSatisfy { $0 / size.1 - block[0] / size.1 <= 1 && $0 % size.1 - block[0] % size.1 <= 1 })
      }
    }
  }

  @Test func `pooled rows are means, the others stay`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    let rows = prompt.rows.copy()
    let visual = rows.visualRows
    let before = rows.hidden.copy()
    let none = MatrixView(rows: 0, columns: 0)
    context.prune(
      rows, TokenPruning(rule: .pooling, keepRatio: 0.25, layer: 1),
      TokenEvidence(sources: none, targets: none), grids: prompt.grids)
    #expect(rows.visualCount == 4)
    for (block, row) in rows.visualRows.enumerated() {
      let (top, left) = (block / 2 * 2, block % 2 * 2)
      let places = [0, 1, 4, 5].map { visual[top * 4 + left + $0] }
      for column in 0..<before.columns {
        let mean = places.reduce(Float(0)) { $0 + before[$1, column] } / 4
        #expect(abs(rows.hidden[row, column] - mean) < 1e-5)
      }
      #expect(rows.positions[row] == prompt.rows.positions[places[0]])
    }
    for (row, index) in rows.visualIndices.enumerated() where index < 0 {
      let source = try #require(prompt.rows.positions.firstIndex(of: rows.positions[row]))
      #expect(rows.hidden.row(row) == before.row(source))
    }
  }

  @Test func `FastV keeps what the last prompt token looks at in the prune layer`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    for layer in [0, 2] {
      var watcher = Watcher()
      _ = try context.prefill(prompt.copy(), schedule: Schedule(layers: 4), observer: &watcher)
      let heads = TinyModel.description.text.queryHeads
      let scores = prompt.rows.visualRows.map { row in
        (0..<heads).reduce(Float(0)) { $0 + watcher.attention[layer][$1, row] }
      }
      let expected = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(5).sorted()
      let pruning = TokenPruning(rule: .fastV, keepRatio: 5.5 / 16, layer: layer)
      let result = try context.run(prompt, PruningSettings(tokenPruning: pruning))
      #expect(result.rows.visualIndices.filter { $0 >= 0 } == expected.map(Int32.init))
    }
  }

  @Test func `layers that are shorter than the window of watched rows use what there is`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, textAfter: 2)
    let settings = PruningSettings(
      tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.25, layer: 0),
      cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.5, 0.5], ranking: .window))
    let result = try context.run(prompt, settings)
    #expect(result.rows.count < EntrySelector.window)
    #expect(result.cache.layers.map(\.visualCount) == [8, 2, 2, 2])
  }

  private struct Watcher: Observer {
    var attention: [MatrixView] = []
    var watchedRows: Int { 1 }
    mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
      self.attention.append(attention.copy())
    }
  }
}
