import Compute
import Digests
import Foundation
import Imaging
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport

/// Pictures that are looked at in part, against Hugging Face transformers in float32 on the same weights.
///
/// Golden values come from Tests/Golden/pictures/dump.py.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 5)) struct PictureParityTests {
  private let context: Context

  init() throws { context = Context(try Model(Plan(contentsOf: try TilePlan.path())), threads: 2) }

  @Test func `at any resolution: pixels, tokens, logits and answer`() throws {
    for golden in try Golden<ResolutionCase>("resolution").cases {
      var settings = PictureSettings()
      if golden.longest_edge < 896 { settings.resolution = Resolution(.longestEdge, golden.longest_edge) }
      if !golden.splits { settings.resolution = Resolution(.tiles, 0) }
      let picture = try context.model.prepareImage(at: path(golden.image), at: settings)
      #expect(picture.rows == golden.rows && picture.columns == golden.columns)
      let inputs = picture.tiles + [picture.overview].compactMap { $0 }
      #expect(inputs.map { digest($0) } == golden.sha256)
      let prompt = try prompt(golden.prompt, picture, settings)
      #expect(prompt.rows.count == golden.length && prompt.rows.visualCount == golden.image_tokens)
      try check(prompt, golden.logits, golden.answer)
    }
  }

  @Test func `scores of tiles`() throws {
    for golden in try Golden<TileCase>("tiles").pictures {
      let scores = TileScores(try context.model.prepareImage(at: path(golden.image)).tiles).values
      #expect(scores.count == golden.scores.count)
      for (score, expected) in zip(scores, golden.scores) { #expect(abs(score / expected - 1) < 1e-5) }
    }
  }

  @Test func `tiles that are left out leave everything else where it is`() throws {
    for golden in try Golden<LeftOutCase>("left_out").cases {
      let selection = TileSelection(threshold: 1.5, keepsMarkup: golden.markup == "stays")
      let settings = PictureSettings(tileSelection: selection)
      let picture = try context.model.prepareImage(at: path(golden.image), at: settings)
      #expect(picture.tiles.indices.filter { !picture.leftOutTiles.contains($0) } == golden.kept)
      let prompt = try prompt(golden.prompt, picture, settings)
      #expect(prompt.rows.count == golden.length)
      #expect(prompt.rows.positions.map(\.largest) == numbers(golden.positions))
      try check(prompt, golden.logits, golden.answer)
    }
  }

  @Test func `patches that do not stand out leave everything else where it is`() throws {
    for golden in try Golden<ContrastCase>("contrast").cases {
      let settings = PictureSettings(
        contrastSelection: ContrastSelection(
          threshold: golden.threshold, margin: golden.margin, spacing: golden.spacing))
      let picture = try context.model.prepareImage(at: path(golden.image), at: settings)
      #expect((picture.tileCounts ?? []) + [picture.overviewCounts ?? []] == golden.counts)
      let prompt = try prompt(golden.prompt, picture, settings)
      #expect(prompt.rows.positions.map(\.largest) == numbers(golden.positions))
      try check(prompt, golden.logits, golden.answer)
    }
  }

  /// Numbers of spans, both ends included.
  private func numbers(_ spans: [[Int]]) -> [Int] { spans.flatMap { Array($0[0]...$0[1]) } }

  @Test func `fewer tokens, neurons and layers of the tower`() throws {
    let golden = try JSONDecoder().decode(
      TowerGolden.self, from: Data(contentsOf: TilePlan.golden.appendingPathComponent("tower.json")))
    func expect(_ settings: PictureSettings, _ expected: TowerGolden.Tokens, _ name: String) throws {
      let picture = try context.model.prepareImage(at: path(golden.image), at: settings)
      #expect(digest(picture.tiles[golden.tile]) == golden.sha256)
      let tokens = try context.encode(picture, at: settings)
      let tile = tokens.features[golden.tile]
      let rows = MatrixView(rows: tile.rows, columns: tile.columns)
      tile.copy(rows: 0..<tile.rows, into: rows)
      let means = (0..<rows.rows).map { rows.row($0).reduce(0, +) / Float(rows.columns) }
      #expect(largestDifference(means, expected.means) < 1e-3, "\(name)")
      for (row, values) in expected.first.enumerated() {
        #expect(largestDifference(rows.row(row), values) < 5e-3, "\(name)")
      }
      if let kept = expected.kept, settings.towerPruning?.putsBack == false {
        #expect(tokens.arrangement.blocks[golden.tile].places == kept, "\(name)")
      }
    }
    try expect(.dense, golden.dense, "dense")
    for (list, putsBack) in [(golden.put_back, true), (golden.groups, false)] {
      for expected in list {
        let rule = try #require(TowerRule(rawValue: expected.rule ?? ""))
        let pruning = TowerPruning(
          rule: rule, keepRatio: expected.share ?? 1, layer: expected.boundary ?? 0,
          merges: expected.merged ?? false, putsBack: putsBack)
        try expect(PictureSettings(towerPruning: pruning), expected, "\(pruning)")
      }
    }
    for expected in golden.depth {
      let depth = TowerDepth(skippedLayers: expected.earlier ?? 0)
      try expect(PictureSettings(towerDepth: depth), expected, "\(depth)")
    }
    for expected in golden.neurons {
      let reduction = TowerReduction(layers: expected.layers ?? [], neuronShare: 0.5)
      try expect(PictureSettings(towerReduction: reduction), expected, "\(reduction)")
    }
  }

  // MARK: Helpers

  private func path(_ image: String) -> String { TilePlan.scenes.appendingPathComponent(image).path }

  private func digest(_ image: RGBImage) -> String {
    image.pixels.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
  }

  private func prompt(
    _ text: String, _ picture: PreparedImage, _ settings: PictureSettings
  ) throws -> PromptRows {
    try context.embed(
      try context.model.layout(prompt: text, images: 1), images: [try context.encode(picture, at: settings)])
  }

  private func check(_ prompt: PromptRows, _ logits: [Float], _ answer: String) throws {
    let dense = try context.model.schedule(.dense)
    let result = try context.prefill(prompt, schedule: dense, PrefillRange(reserve: 64))
    let last = result.rows.count - 1
    let found = context.logits(of: result, rows: last..<last + 1).row(0)
    #expect(largestDifference(found, logits) < 5e-3)
    #expect(context.model.text(of: try context.greedyTokens(after: result, limit: 64)) == answer)
  }
}

/// A file of golden values.
private struct Golden<Case: Decodable>: Decodable {
  private let list: [Case]
  var cases: [Case] { list }
  var pictures: [Case] { list }

  init(_ name: String) throws {
    let data = try Data(contentsOf: TilePlan.golden.appendingPathComponent(name + ".json"))
    self = try JSONDecoder().decode(Self.self, from: data)
  }

  private enum Keys: CodingKey { case cases, pictures }

  init(from decoder: any Swift.Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    list =
      try values.decodeIfPresent([Case].self, forKey: .cases) ?? values.decode([Case].self, forKey: .pictures)
  }
}

private struct ResolutionCase: Decodable {
  let image: String
  let prompt: String
  let longest_edge: Int
  let splits: Bool
  let rows: Int
  let columns: Int
  let length: Int
  let image_tokens: Int
  let sha256: [String]
  let logits: [Float]
  let answer: String
}

private struct TileCase: Decodable {
  let image: String
  let scores: [Double]
}

private struct LeftOutCase: Decodable {
  let image: String
  let prompt: String
  let markup: String
  let kept: [Int]
  let length: Int
  let positions: [[Int]]
  let logits: [Float]
  let answer: String
}

private struct ContrastCase: Decodable {
  let image: String
  let prompt: String
  let threshold: Double
  let margin: Int
  let spacing: Int
  /// What each group stands for, by tile; the overview is last.
  let counts: [[Int]]
  let positions: [[Int]]
  let logits: [Float]
  let answer: String
}

private struct TowerGolden: Decodable {
  struct Tokens: Decodable {
    let first: [[Float]]
    let means: [Float]
    let kept: [Int]?
    let boundary: Int?
    let share: Double?
    let rule: String?
    let merged: Bool?
    let earlier: Int?
    let layers: [Int]?
  }

  let image: String
  let tile: Int
  let sha256: String
  let dense: Tokens
  let put_back: [Tokens]
  let groups: [Tokens]
  let depth: [Tokens]
  let neurons: [Tokens]
}
