import Compute
import TestSupport
import Testing

@testable import Models
@testable import Plan

/// A querying transformer makes a token of each two by two patches; a window sees itself alone.
@Suite(.endsWithin(minutes: 1)) struct QFormerTests {
  private let workers = Workers(count: 1)
  private let grid = PatchGrid(rows: 8, columns: 4)
  private let width = 12

  private func former(start: Int = 0, storage: RandomWeights.Storage = .float32) throws -> QFormer {
    var model = QFormerModel()
    (model.window, model.layers, model.heads, model.feedForwardWidth) = (4, 2, 3, 20)
    model.starts = [start]
    return try QFormer(
      model, place: 0, width: width, weights: RandomWeights(seed: 3, storage: storage)
    ) { "projector/\($0)" }
  }

  private func features(_ patches: [Int]? = nil, seed: UInt64 = 4) -> TowerFeatures {
    let all = randomMatrix(grid.count, width, seed: seed)
    let patches = patches ?? Array(0..<grid.count)
    let rows = MatrixView(rows: patches.count, columns: width)
    rows.gather(rows: patches, from: all)
    return TowerFeatures(rows: rows, patches: patches, grid: grid)
  }

  @Test(arguments: 0...4) func `a token of each group, in raster order`(start: Int) throws {
    let (tokens, groups) = try former(start: start).tokens(of: features(), workers)
    #expect(groups == Array(0..<8) && tokens.rows == 8 && tokens.columns == width)
  }

  @Test func `what tokens start from makes them what they are`() throws {
    let all = try (0...4).map { try former(start: $0).tokens(of: features(), workers).rows.elements }
    for first in all.indices {
      for second in 0..<first { #expect(largestDifference(all[first], all[second]) > 1e-3) }
    }
  }

  @Test func `a patch changes the tokens of its window, and no others`() throws {
    let (whole, changed) = (features(), features())
    // The last patch of the upper window.
    changed.rows[15, 5] += 1
    let former = try former()
    let (before, after) = (
      former.tokens(of: whole, workers).rows, former.tokens(of: changed, workers).rows
    )
    for token in 0..<8 {
      #expect((largestDifference(before.row(token), after.row(token)) > 1e-4) == (token < 4), "\(token)")
    }
  }

  @Test func `patches that are not there are seen by nobody`() throws {
    // Without the second group of the upper window.
    let missing = Set(grid.patches(ofGroup: 1, by: 2))
    let left = (0..<grid.count).filter { !missing.contains($0) }
    let (tokens, groups) = try former().tokens(of: features(left), workers)
    #expect(groups == [0, 2, 3, 4, 5, 6, 7])
    let whole = try former().tokens(of: features(), workers).rows
    for (row, group) in groups.enumerated() {
      #expect((largestDifference(tokens.row(row), whole.row(group)) > 1e-4) == (group < 4), "\(group)")
    }
  }

  @Test func `nothing becomes nothing`() throws {
    let (tokens, groups) = try former().tokens(of: features([]), workers)
    #expect(tokens.rows == 0 && groups.isEmpty)
  }

  @Test func `bfloat16 weights give about what the same numbers give in float32`() throws {
    let all = try [RandomWeights.Storage.bfloat16, .roundedFloat32].map {
      try former(storage: $0).tokens(of: features(), workers).rows.elements
    }
    #expect(largestDifference(all[0], all[1]) < 0.05)
  }

  @Test func `windows have their places whatever is missing`() {
    let whole = QFormerWindows(features(), side: 4)
    #expect(whole.groups == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(whole.tokenPlaces == [0, 1, 2, 3, 0, 1, 2, 3])
    #expect(whole.patchPlaces == Array(0..<16) + Array(0..<16))
    let missing = Set((0..<4).flatMap { grid.patches(ofGroup: $0, by: 2) } + grid.patches(ofGroup: 6, by: 2))
    let part = QFormerWindows(features((0..<grid.count).filter { !missing.contains($0) }), side: 4)
    #expect(part.groups == [4, 5, 7] && part.tokenPlaces == [0, 1, 3])
    #expect(part.patchPlaces == [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 14, 15])
    #expect(part.segments.map(\.tokens) == [0..<3] && part.segments.map(\.patches) == [0..<12])
  }
}
