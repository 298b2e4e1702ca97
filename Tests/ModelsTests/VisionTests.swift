import Compute
import Foundation
import Plan
import Testing
import TestSupport

@testable import Models

/// The tower and the projector by what must hold for any weights.
@Suite(.endsWithin(minutes: 1)) struct VisionTests {
  private let model = TinyModel.description.vision
  private let workers = Workers(count: 1)

  @Test func `the class token is dropped, or stays before the patches`() throws {
    let dropped = try tower(model).encode(
      TowerInput(pixels: picture(seed: 1), height: 28, width: 28), workers
    ).rows
    var full = model
    full.dropsFirstToken = false
    let kept = try tower(full).encode(TowerInput(pixels: picture(seed: 1), height: 28, width: 28), workers)
      .rows
    #expect(dropped.rows == 16 && kept.rows == 17)
    #expect(kept.rows == dropped.rows + 1)
    #expect(kept[rows: 1..<kept.rows].elements == dropped.elements)
  }

  @Test func `the embedding multiplies patches in raster order: channel, row, column`() throws {
    var bare = model
    bare.layers = 0
    bare.featureLayers = [0]
    bare.dropsFirstToken = false
    let pixels = picture(seed: 2)
    let encoded = try tower(bare).encode(TowerInput(pixels: pixels, height: 28, width: 28), workers).rows
    let weights = RandomWeights(seed: 5)
    let embedding = try weights.matrix(
      "vision/patch_embedding", rows: model.width, columns: model.patchElements)
    let positions = try weights.matrix(
      "vision/position_embedding", rows: model.rows, columns: model.width)
    let classToken = try weights.vector("vision/class_embedding", count: model.width).elements
    let bias = try weights.vector("vision/patch_bias", count: model.width).elements
    for token in 0..<model.rows {
      var row = rowOf(positions, token).map(Double.init)
      for channel in row.indices {
        guard token > 0 else {
          row[channel] += Double(classToken[channel])
          continue
        }
        let (patchY, patchX) = (token - 1).quotientAndRemainder(dividingBy: model.grid)
        row[channel] += Double(bias[channel])
        let filter = rowOf(embedding, channel)
        for color in 0..<3 {
          for y in 0..<model.patchSize {
            for x in 0..<model.patchSize {
              let (top, left) = (patchY * model.patchSize + y, patchX * model.patchSize + x)
              let pixel = Double(pixels[(top * model.imageSize + left) * 3 + color])
              row[channel] += pixel * Double(filter[(color * model.patchSize + y) * model.patchSize + x])
            }
          }
        }
      }
      #expect(largestDifference(encoded.row(token), try normed(row)) < 1e-4, "token \(token)")
    }
  }

  @Test func `patches that trade places with their positions trade places in the output`() throws {
    let straight = try tower(model).encode(
      TowerInput(pixels: picture(seed: 3), height: 28, width: 28), workers
    ).rows
    let (first, second) = (2, 13)
    let traded = try VisionTower(model, weights: TradedPositions(first: first + 1, second: second + 1))
      .encode(TowerInput(pixels: trade(first, second, in: picture(seed: 3)), height: 28, width: 28), workers)
      .rows
    for token in 0..<straight.rows {
      let origin = token == first ? second : token == second ? first : token
      #expect(largestDifference(traded.row(token), straight.row(origin)) < 1e-4, "token \(token)")
    }
    let moved = try tower(model).encode(
      TowerInput(pixels: trade(first, second, in: picture(seed: 3)), height: 28, width: 28), workers
    ).rows
    #expect(largestDifference(moved.row(first), straight.row(second)) > 1e-3)
  }

  @Test func `a layer sees a set of rows: their order is only where they come out`() throws {
    let layer = try VisionLayer(model, layer: 0, weights: RandomWeights(seed: 5))
    let input = randomMatrix(model.rows, model.width, seed: 4)
    let reversed = MatrixView(rows: input.rows, columns: input.columns)
    reversed.gather(rows: Array((0..<input.rows).reversed()), from: input)
    let workspace = VisionWorkspace(
      model, rows: model.rows, longest: model.rows, isReducedPrecision: false, threads: nil)
    for rows in [input, reversed] {
      layer.forward(rows, segments: [0..<model.rows], rotation: nil, neurons: nil, workspace, workers)
    }
    for row in 0..<input.rows {
      #expect(largestDifference(input.row(row), reversed.row(input.rows - 1 - row)) < 1e-4)
    }
  }

  @Test(arguments: [2, 3]) func `threads do not change the features`(threads: Int) throws {
    let one = try tower(model).encode(TowerInput(pixels: picture(seed: 6), height: 28, width: 28), workers)
      .rows
    let many = try tower(model).encode(
      TowerInput(pixels: picture(seed: 6), height: 28, width: 28), Workers(count: threads)
    ).rows
    #expect(largestDifference(one.elements, many.elements) < 1e-5)
  }

  /// Settings that leave a different number of rows of each input.
  static let schedules: [PictureSettings] = [
    .dense, .init(towerPruning: TowerPruning(rule: .diverse, keepRatio: 0.5, layer: 1)),
    .init(
      towerPruning: TowerPruning(rule: .largestNorm, keepRatio: 0.3, layer: 2, merges: false, putsBack: false)
    ),
  ]

  @Test(arguments: schedules) func `inputs together have the features that they have alone`(
    settings: PictureSettings
  ) throws {
    let patches = model.rows - 1
    let inputs = (0..<4).map { (index: Int) -> TowerInput in
      // All patches, all but every second, third and fourth one.
      let counts: [Int]? = index == 0 ? nil : (0..<patches).map { $0 % (index + 1) }
      return TowerInput(
        pixels: picture(seed: UInt64(8 + index)), height: 28, width: 28, counts: counts)
    }
    let tower = try tower(model)
    let together = tower.encode(inputs, at: settings, workers) {}
    for (input, features) in zip(inputs, together) {
      let alone = tower.encode([input], at: settings, workers) {}[0]
      #expect(features.patches == alone.patches)
      #expect(largestDifference(features.rows.elements, alone.rows.elements) < 1e-5)
    }
  }

  @Test func `batches have all inputs in order, and no more rows than they may`() {
    let sizes = [3, 1, 40, 2, 2, 30, 30, 1]
    let inputs = sizes.map { TowerInput(pixels: [], height: 14, width: 14 * $0) }
    let batches = TowerInput.batches(inputs, patchSize: 14, limit: 34)
    #expect(batches.flatMap { Array($0) } == Array(sizes.indices))
    #expect(batches.allSatisfy { $0.count == 1 || sizes[$0].reduce(0, +) <= 34 })
    #expect(batches == [0..<2, 2..<3, 3..<6, 6..<8])
    #expect(TowerInput.batches([], patchSize: 14).isEmpty)
  }

  @Test func `bfloat16 weights give about what the same numbers give in float32`() throws {
    func encode(_ storage: RandomWeights.Storage) throws -> [Float] {
      let weights = RandomWeights(seed: 5, storage: storage)
      let features = try VisionTower(model, weights: weights).encode(
        TowerInput(pixels: picture(seed: 7), height: 28, width: 28), workers)
      return try Projector(TinyModel.description, weights: weights).project(
        features, workers
      ).tokens.elements
    }
    #expect(largestDifference(try encode(.bfloat16), try encode(.roundedFloat32)) < 0.05)
  }

  @Test func `the projector treats every token alike and on its own`() throws {
    let projector = try Projector(TinyModel.description, weights: RandomWeights(seed: 5))
    let features = randomMatrix(9, model.width, seed: 8)
    func project(_ rows: MatrixView) -> MatrixView {
      let grid = PatchGrid(rows: rows.rows, columns: 1)
      return projector.project(TowerFeatures(rows: rows, patches: Array(0..<rows.rows), grid: grid), workers)
        .tokens
    }
    let together = project(features)
    #expect(together.rows == 9 && together.columns == TinyModel.description.text.width)
    for row in 0..<9 {
      let alone = project(features[rows: row..<row + 1])
      #expect(largestDifference(alone.row(0), together.row(row)) < 1e-5)
    }
  }

  // MARK: Helpers

  private func tower(_ model: VisionModel) throws -> VisionTower {
    try VisionTower(model, weights: RandomWeights(seed: 5))
  }

  private func picture(seed: UInt64) -> [UInt8] {
    randomMatrix(model.imageSize, model.imageSize * 3, seed: seed, scale: 127).elements.map {
      UInt8($0 + 128)
    }
  }

  private func trade(_ first: Int, _ second: Int, in pixels: [UInt8]) -> [UInt8] {
    var result = pixels
    let line = 3 * model.patchSize
    for y in 0..<model.patchSize {
      let starts = [first, second].map { patch in
        ((patch / model.grid * model.patchSize + y) * model.imageSize + patch % model.grid * model.patchSize)
          * 3
      }
      for offset in 0..<line { result.swapAt(starts[0] + offset, starts[1] + offset) }
    }
    return result
  }

  private func rowOf(_ matrix: WeightMatrix, _ row: Int) -> [Float] {
    let result = MatrixView(rows: 1, columns: matrix.columns)
    matrix.copyRow(row, into: result, row: 0)
    return result.row(0)
  }

  private func normed(_ row: [Double]) throws -> [Float] {
    let weights = RandomWeights(seed: 5)
    let scale = try weights.vector("vision/input_norm", count: row.count).elements
    let shift = try weights.vector("vision/input_norm_bias", count: row.count).elements
    let mean = row.reduce(0, +) / Double(row.count)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
    return row.indices.map { index in
      let value = (row[index] - mean) / (variance + model.normEpsilon).squareRoot()
      return Float(value * Double(scale[index]) + Double(shift[index]))
    }
  }

  /// Weights whose position embedding has two rows exchanged.
  private struct TradedPositions: ModelWeights {
    let first: Int
    let second: Int
    let weights = RandomWeights(seed: 5)

    func matrix(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
      let matrix = try weights.matrix(name, rows: rows, columns: columns)
      guard name == "vision/position_embedding" else { return matrix }
      let traded = MatrixView(rows: rows, columns: columns)
      for row in 0..<rows {
        matrix.copyRow(row == first ? second : row == second ? first : row, into: traded, row: row)
      }
      return WeightMatrix(traded)
    }

    func vector(_ name: String, count: Int) throws(ModelError) -> WeightVector {
      try weights.vector(name, count: count)
    }
  }
}
