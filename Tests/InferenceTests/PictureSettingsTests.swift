import Compute
import Imaging
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport

/// Looking at less of a picture, for every family: what removes nothing is dense, and what stays is where it was.
@Suite(.endsWithin(minutes: 5)) struct PictureSettingsTests {
  static let goldens = FamilyGolden.all()

  /// Settings that ask for nothing, of which a model takes those that fit it.
  static let neutral: [PictureSettings] =
    Resolution.Measure.allCases.map { PictureSettings(resolution: Resolution($0, 1 << 20)) }
    + [true, false].map { PictureSettings(tileSelection: TileSelection(threshold: 0, keepsMarkup: $0)) }
    + [0, 2].map { PictureSettings(contrastSelection: ContrastSelection(threshold: 0, margin: $0)) }
    + TowerRule.allCases.flatMap { rule in
      [true, false].map {
        PictureSettings(towerPruning: TowerPruning(rule: rule, keepRatio: 1, layer: 1, putsBack: $0))
      }
    } + [
      PictureSettings(towerReduction: TowerReduction(layers: [0, 1], neuronShare: 1)),
      PictureSettings(towerDepth: TowerDepth(skippedLayers: 0)),
    ]

  @Test(arguments: goldens) func `neutral settings equal dense`(golden: FamilyGolden) throws {
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    for test in golden.cases {
      let dense = try Prompt(context, golden, test, .dense)
      let logits = try dense.logits(context)
      for settings in Self.neutral where fits(settings, context.model.contents) {
        let other = try Prompt(context, golden, test, settings)
        #expect(other.ids == dense.ids, "\(test.case), \(settings)")
        guard other.ids == dense.ids else { continue }
        #expect(largestDifference(try other.logits(context), logits) < 1e-5, "\(test.case), \(settings)")
      }
    }
  }

  /// Settings that leave something out at the model's own resolution.
  static let bold: [PictureSettings] =
    [true, false].map { PictureSettings(tileSelection: TileSelection(threshold: 2.2, keepsMarkup: $0)) }
    + [0, 40, 255].map { PictureSettings(patchSelection: PatchSelection(tolerance: $0)) }
    + [(0.9, 0), (1.1, 1), (1e6, 0)].flatMap { threshold, margin in
      [0, 2].map {
        PictureSettings(contrastSelection: .init(threshold: threshold, margin: margin, spacing: $0))
      }
    }
    + TowerRule.allCases.flatMap { rule in
      [(true, true), (false, true), (true, false), (false, false)].map { merges, putsBack in
        PictureSettings(
          towerPruning: TowerPruning(rule: rule, keepRatio: 0.4, layer: 1, merges: merges, putsBack: putsBack)
        )
      }
    } + [
      PictureSettings(
        patchSelection: PatchSelection(tolerance: 40), contrastSelection: ContrastSelection(threshold: 1e6)),
      PictureSettings(
        tileSelection: TileSelection(threshold: 2.2),
        contrastSelection: ContrastSelection(threshold: 1, spacing: 3),
        towerPruning: .init(rule: .diverse, keepRatio: 0.5, layer: 1, putsBack: false)),
      PictureSettings(
        tileSelection: TileSelection(threshold: 1e6),
        towerPruning: .init(rule: .diverse, keepRatio: 0.1, layer: 0)),
      PictureSettings(towerReduction: TowerReduction(layers: [0, 1], neuronShare: 0.5)),
      PictureSettings(towerDepth: TowerDepth(skippedLayers: 1)),
    ]

  @Test(arguments: goldens) func `what stays has the position that it has in the whole prompt`(
    golden: FamilyGolden
  ) throws {
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    for test in golden.cases {
      let dense = try Prompt(context, golden, test, .dense)
      for settings in Self.bold where fits(settings, context.model.contents) {
        let other = try Prompt(context, golden, test, settings)
        #expect(other.visualNumbers.count == other.rows.rows.visualCount)
        #expect(
          other.visualPositions == other.visualNumbers.map { dense.visualPositions[$0] },
          "\(test.case), \(settings)")
        #expect(other.rows.rows.nextPosition == dense.rows.rows.nextPosition, "\(test.case), \(settings)")
        if settings.tileSelection?.keepsMarkup ?? true {
          #expect(other.textPositions == dense.textPositions, "\(test.case), \(settings)")
        }
        #expect(try other.logits(context).allSatisfy(\.isFinite), "\(test.case), \(settings)")
      }
    }
  }

  @Test(arguments: goldens) func `left out, a share of the groups stays; put back, all tokens do`(
    golden: FamilyGolden
  ) throws {
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let test = golden.cases[0]
    let picture = try context.model.prepareImage(at: golden.picture(test.images[0]))
    let dense = try context.encode(picture)
    for putsBack in [true, false] {
      let settings = PictureSettings(
        towerPruning: TowerPruning(rule: .diverse, keepRatio: 0.5, layer: 1, putsBack: putsBack))
      guard fits(settings, context.model.contents) else { continue }
      let tokens = try context.encode(picture, at: settings)
      for (block, whole) in zip(tokens.arrangement.blocks, dense.arrangement.blocks) {
        let places = whole.rows * whole.columns
        if putsBack {
          #expect(block == whole)
        } else if context.model.contents.image.arrangement == .tilesThenOverview {
          #expect(block.count - block.leading == max(1, places / 2), "\(places) places")
        } else {
          #expect(block.count < whole.count)
        }
      }
    }
  }

  @Test(arguments: ["qwen2_vl", "qwen2_5_vl"])
  func `on a plain picture, repeats cost the tower rounding alone`(
    family: String
  ) throws {
    let golden = try #require(FamilyGolden.firstOfEachFamily().first { $0.name.hasPrefix(family) })
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let pixels = [UInt8](repeating: 77, count: 112 * 84 * 3)
    let picture = RGBImage(width: 112, height: 84, pixels: pixels)
    let settings = PictureSettings(patchSelection: PatchSelection(tolerance: 0))
    let prepared = try context.model.preprocessor.prepare(
      picture, at: settings, groupSide: context.model.groupSide)
    let whole = try elements(context.encode(try context.model.preprocessor.prepare(picture)))
    let one = try elements(context.encode(prepared, at: settings))
    #expect(one.rows == 1 && whole.rows > 1)
    for row in 0..<whole.rows { #expect(largestDifference(whole.row(row), one.row(0)) < 1e-4) }
  }

  // MARK: Helpers

  private func fits(_ settings: PictureSettings, _ contents: PlanContents) -> Bool {
    PruningSettings(picture: settings).problem(for: contents.model, image: contents.image) == nil
  }

  private func elements(_ tokens: ImageTokens) -> MatrixView {
    let features = tokens.features[0]
    let result = MatrixView(rows: features.rows, columns: features.columns)
    features.copy(rows: 0..<features.rows, into: result)
    return result
  }

  /// The prompt of a case at some settings.
  private struct Prompt {
    let rows: PromptRows
    let ids: [Int32]
    /// Numbers of the visual tokens in the whole prompt.
    let visualNumbers: [Int]

    init(
      _ context: Context, _ golden: FamilyGolden, _ test: FamilyGolden.Case, _ settings: PictureSettings
    ) throws {
      let features = try test.images.map {
        try context.encode(
          try context.model.prepareImage(at: golden.picture($0), among: test.images.count, at: settings),
          at: settings)
      }
      let layout = try context.model.layout(prompt: test.prompt, images: features.count)
      ids = context.model.inputIDs(layout, images: features)
      rows = try context.embed(layout, images: features)
      var first = 0
      visualNumbers = features.flatMap { picture in
        defer { first += picture.arrangement.wholeCount }
        return picture.arrangement.wholeNumbers.map { first + $0 }
      }
    }

    var visualPositions: [RotaryPosition] { rows.rows.visualRows.map { rows.rows.positions[$0] } }

    var textPositions: [RotaryPosition] {
      rows.rows.textRuns.flatMap { Array($0) }.map { rows.rows.positions[$0] }
    }

    func logits(_ context: Context) throws -> [Float] {
      let result = try context.prefill(
        rows.copy(), schedule: try context.model.schedule(.dense), PrefillRange(reserve: 1))
      return context.logits(of: result, rows: 0..<result.rows.count).elements
    }
  }
}
