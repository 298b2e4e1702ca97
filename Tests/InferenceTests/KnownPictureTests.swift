import Compute
import Foundation
import Imaging
@testable import Inference
import Plan
import PlanFile
import TestSupport
import Testing

/// Pictures of every family come back from the folder as they went in.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 5)) struct KnownPictureTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Asks without a cache, with one that knows nothing, and with one whose folder knows all, and compares.
  private func check(_ paths: [String], at settings: PictureSettings, in context: Context) throws {
    var question = Question(images: paths.map { .file($0) }, prompt: "what")
    question.options.maxTokens = 4
    let point = OperatingPoint(name: "p", settings: PruningSettings(picture: settings))
    let kept = folder.file("kept")
    func answer(_ cache: PictureCache?) throws -> Answer {
      try Dialogue(context, point: point, cache: cache).answer(question)
    }
    let (alone, first) = (try answer(nil), try answer(PictureCache(folder: kept)))
    let next = try answer(PictureCache(folder: kept))
    #expect(first.knownPictures == 0 && next.knownPictures == paths.count && next.seconds.vision == 0)
    for other in [first, next] {
      #expect(alone.tokens == other.tokens && alone.promptTokens == other.promptTokens)
      #expect(alone.visualTokens == other.visualTokens)
    }
    let images = try question.images.map { try $0.encoded() }
    var pictures = PictureGathering(images, in: context, at: settings, cache: try PictureCache(folder: kept))
    let request = try context.model.memoryRequest(
      pictures: images.map { (try $0.size(), $0.bytes.count) }, textTokens: 8, maxTokens: 4, threads: 1,
      at: settings)
    try pictures.prepare(for: request)
    #expect(pictures.knownCount == paths.count)
    for (image, known) in zip(images, pictures.features) {
      let prepared = try context.model.prepare(image, among: paths.count, at: settings)
      let encoded = try context.encode(prepared, at: settings)
      #expect(known.arrangement == encoded.arrangement)
      #expect(
        known.features.map { $0.elements.map(\.bitPattern) }
          == encoded.features.map { $0.elements.map(\.bitPattern) })
    }
  }

  @Test(arguments: FamilyGolden.firstOfEachFamily())
  func `of every family`(golden: FamilyGolden) throws {
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    try check(["square.png", "wide.png"].map { golden.picture($0) }, at: .dense, in: context)
  }

  @Test(arguments: [
    PictureSettings(tileSelection: TileSelection(threshold: 1.5, keepsMarkup: false)),
    PictureSettings(contrastSelection: ContrastSelection(threshold: 1.2)),
    PictureSettings(
      resolution: Resolution(.longestEdge, 448),
      towerPruning: TowerPruning(rule: .random, keepRatio: 0.5, layer: 1, putsBack: false)),
  ])
  func `with tiles and tokens left out`(settings: PictureSettings) throws {
    let context = Context(try Model(Plan(contentsOf: try TilePlan.path())), threads: 1)
    try check([TilePlan.scenes.appending(path: "images/calibration-001.jpg").path], at: settings, in: context)
  }
}
