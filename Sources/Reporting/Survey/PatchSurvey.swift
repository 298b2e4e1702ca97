public import Evaluation
import Imaging
import Inference
import Models
public import Plan

/// Watches what points drop over a whole set, and draws some of its samples.
public struct PatchSurvey {
  private let runner: SampleRunner
  private let points: [OperatingPoint]

  /// Longest side of a picture in the report: more is not seen beside others.
  private static let pictureSide = 448

  /// A survey of points, dense first, over the prompts of a runner.
  public init(_ runner: SampleRunner, points: [OperatingPoint]) {
    self.runner = runner
    self.points = points
  }

  /// Looks at every sample of a set; those whose places are in `drawn` become pictures.
  public func survey(
    _ set: SampleSet, drawing drawn: [Int] = [], onSample: () throws -> Void = {}
  ) throws -> PatchFindings {
    var findings = PatchFindings()
    var sums: [[Grid]: PlaceSums] = [:]
    var last: (images: [String], views: [[BlockView]])?
    for (index, sample) in set.samples.enumerated() {
      let views = try last?.images == sample.images ? last?.views ?? [] : views(of: sample)
      last = (sample.images, views)
      let prompt = try runner.timedPrompt(sample)
      let grids = zip(views, prompt.rows.imageStarts).flatMap { views, start in
        views.map { Grid(first: start + $0.firstVisual, rows: $0.rows, columns: $0.columns) }
      }
      let fates = try points.map { try fate(of: sample, at: $0.settings) }
      if sample.images.count == 1 {
        sums[grids, default: PlaceSums(points: points.count, tokens: prompt.rows.rows.visualCount)].add(fates)
      }
      if drawn.contains(index) {
        findings.samples.append(try picture(of: sample, Array(views.joined()), grids, fates))
      }
      try onSample()
    }
    // Of shapes that are equally common the one with fewer tokens, so that a set gives one answer.
    let commonest = sums.max {
      ($0.value.samples, -$0.value.tokens) < ($1.value.samples, -$1.value.tokens)
    }
    findings.places = commonest.map { grids, sums in
      sums.shares(grids, points.map(\.name), total: set.samples.count)
    }
    return findings
  }

  /// What became of a sample's tokens at a point, by their numbers in the whole prompt; of none at another resolution,
  /// whose grids are not those of the whole picture.
  private func fate(of sample: Sample, at settings: PruningSettings) throws -> PatchFate? {
    let view = PictureView(settings: settings.picture)
    if settings.picture.resolution != nil { return nil }
    let prompt = try runner.timedPrompt(sample, view: view)
    return try PatchFate(of: prompt.rows, at: settings, in: runner.context)
      .placed(at: prompt.wholeNumbers, of: prompt.wholeCount)
  }

  private func views(of sample: Sample) throws -> [[BlockView]] {
    try sample.images.map { path in
      try runner.context.model.views(
        of: try runner.context.model.prepareImage(at: path, among: sample.images.count))
    }
  }

  private func picture(
    of sample: Sample, _ views: [BlockView], _ grids: [Grid], _ fates: [PatchFate?]
  ) throws -> SamplePicture {
    let blocks = try zip(views, grids).map { view, grid in
      let pixels = try Self.reduced(view.pixels)
      return SamplePicture.Block(
        png: try pixels.png(named: sample.id), width: pixels.width, height: pixels.height, grid: grid)
    }
    let context = runner.context
    let outcomes = try zip(points, fates).map { point, fate in
      let prompt = try runner.prompt(sample, view: PictureView(settings: point.settings.picture))
      let run = try runner.run(prompt, schedule: try context.model.schedule(point.settings), answer: nil)
      let answer = context.model.text(of: run.tokens)
      return SamplePicture.Outcome(
        point: point.name, answer: answer, correct: sample.answer.map { $0 == answer },
        isKept: fate?.isKept ?? [],
        cacheShares: fate?.entryShares ?? [])
    }
    return SamplePicture(
      id: sample.id, prompt: sample.prompt, answer: sample.answer, task: sample.task, blocks: blocks,
      points: outcomes)
  }

  private static func reduced(_ picture: RGBImage) throws -> RGBImage {
    let longest = max(picture.width, picture.height)
    guard longest > pictureSide else { return picture }
    return try picture.resized(
      toWidth: max(1, picture.width * pictureSide / longest),
      height: max(1, picture.height * pictureSide / longest))
  }
}

/// Sums over samples that have the same grids.
private struct PlaceSums {
  let tokens: Int
  var samples = 0
  private var kept: [[Double]]
  private var cached: [[Double]]

  init(points: Int, tokens: Int) {
    self.tokens = tokens
    kept = Array(repeating: Array(repeating: 0, count: tokens), count: points)
    cached = kept
  }

  mutating func add(_ fates: [PatchFate?]) {
    samples += 1
    for (point, fate) in fates.enumerated() {
      guard let fate, fate.isKept.count == tokens else { continue }
      let shares = fate.entryShares
      for token in 0..<tokens {
        kept[point][token] += fate.isKept[token] ? 1 : 0
        cached[point][token] += shares[token]
      }
    }
  }

  func shares(_ grids: [Grid], _ names: [String], total: Int) -> PlaceShares {
    let count = Double(max(1, samples))
    return PlaceShares(
      grids: grids, samples: samples, total: total,
      points: names.indices.map { point in
        .init(
          name: names[point], kept: kept[point].map { $0 / count }, cached: cached[point].map { $0 / count })
      })
  }
}
