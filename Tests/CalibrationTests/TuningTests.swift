import Inference
import Models
import Plan
import Testing
import TestSupport

@testable import Calibration
@testable import Evaluation

/// The parts of tuning: the space of settings, the model of costs, the search, and what a budget picks.
@Suite(.endsWithin(minutes: 5)) struct TuningTests {
  private let text = TinyModel.description.text

  /// Sizes of prompts of one picture in one tile of so many patches.
  private func sizes(text: Int, visual: Int) -> PromptSizes {
    PromptSizes(
      TinyModel.description, dense: .init(text: text, visual: visual, pixels: 784, patches: [visual]))
  }

  // MARK: The space

  @Test func `the first place is dense, and neighbours are other settings`() {
    let space = space
    #expect(space.settings(space.dense).isDense)
    #expect(Set(space.seeds).count == space.seeds.count && space.seeds.contains(space.dense))
    var frontier = space.seeds
    var seen = Set(frontier)
    for _ in 0..<3 {
      frontier = frontier.prefix(10).flatMap { place in
        let neighbours = space.neighbours(of: place)
        #expect(Set(neighbours).count == neighbours.count && !neighbours.contains(place))
        for neighbour in neighbours { #expect(space.settings(neighbour) != space.settings(place)) }
        return neighbours
      }.filter { seen.insert($0).inserted }
    }
  }

  @Test func `every place is a schedule that the context takes`() throws {
    let space = space
    for place in space.seeds + space.seeds.flatMap({ space.neighbours(of: $0) }) {
      _ = try Schedule(space.settings(place), for: TinyModel.description, calibration: record)
    }
  }

  // MARK: The model of costs

  @Test func `times that the model can say are said exactly`() {
    let counter = OperationCounter(text)
    let space = space
    func prefill(_ settings: PruningSettings) -> Double {
      let kept = settings.tokenPruning?.keptCount(of: 64) ?? 64
      let work = counter.work(text: 20, visual: 64, kept: kept, settings: settings)
      return 1e-3 + 2e-9 * work.linear + 5e-9 * work.attention
        + (settings.tokenPruning == nil ? 0 : 64 * 64 * 1e-8)
    }
    let samples = space.seeds.map {
      CostModel.Sample(
        settings: space.settings($0), image: 2e-3, vision: 5e-3, prefill: prefill(space.settings($0)),
        step: 1e-4)
    }
    let model = CostModel(TinyModel.description, sizes: sizes(text: 20, visual: 64), samples: samples)
    for place in space.seeds.flatMap({ space.neighbours(of: $0) }) {
      let settings = space.settings(place)
      guard settings.tokenPruning.map({ !$0.rule.isBaseline }) ?? true,
        settings.layerReduction?.neurons != .probed
      else {
        continue
      }
      #expect(abs(model.prefillSeconds(settings) / prefill(settings) - 1) < 0.02)
      #expect(abs(model.imageSeconds(settings) / 7e-3 - 1) < 0.02)
      #expect(
        model.firstTokenSeconds(settings) == model.imageSeconds(settings) + model.prefillSeconds(settings))
      #expect(abs(model.stepSeconds(settings) / 1e-4 - 1) < 1e-3)
    }
  }

  @Test func `the share of entries is that of a real run`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    let model = CostModel(
      TinyModel.description, sizes: sizes(text: prompt.rows.count - 16, visual: 16), samples: [])
    for place in space.seeds + space.neighbours(of: space.seeds[8]) {
      let settings = space.settings(place)
      let result = try context.prefill(
        prompt.copy(), schedule: try Schedule(settings, for: TinyModel.description, calibration: record))
      #expect(model.entryShare(settings) == Double(result.cache.visualEntries) / 64)
    }
  }

  @Test func `least squares find a line, and leave out what says nothing`() {
    let rows = (1...9).map { [1, Double($0) * 1e9, 0] }
    let found = LeastSquares.fit(rows, rows.map { 3 + 2e-9 * $0[1] })
    #expect(abs(found[0] - 3) < 1e-2 && abs(found[1] / 2e-9 - 1) < 1e-2 && found[2] == 0)
  }

  // MARK: The search

  @Test func `the search visits no place twice, no more than it may, and finds what costs least`() throws {
    // Harm is the square of what is saved, but recovery is free: the front must use it.
    let model = costsOfOperations
    func harm(_ settings: PruningSettings) -> Double {
      let kept = settings.tokenPruning.map { $0.recoveryStride == 4 ? 1.0 : $0.keepRatio } ?? 1
      return 0.05 * (1 - kept) * (1 - kept) + (settings.layerReduction == nil ? 0 : 0.001)
    }
    var visited: [PruningSettings] = []
    let views = [FrontSearch.View(entryShare: 0.35), FrontSearch.View()]
    let search = FrontSearch(space: space, costs: model, views: views, trials: 120)
    var trials = 0
    let found = try search.run(
      measure: { settings, _ in
        visited.append(settings)
        return harm(settings)
      }, onTrial: { trials += 1 })
    #expect(found.count == 120 && trials == 120 && visited.count == 120)
    #expect(Set(found.map(\.place)).count == 120)
    let front = FrontSearch.front(found) { $0.firstToken }
    for (careful, bold) in zip(front, front.dropFirst()) {
      #expect(careful.divergence <= bold.divergence && careful.firstToken > bold.firstToken)
    }
    let cheap = try #require(front.last { $0.divergence <= 0.0011 })
    #expect(cheap.settings.tokenPruning?.recoveryStride == 4)
  }

  @Test(arguments: [(limit: 0.01, factor: 1.0), (0.05, 1.0), (0.02, 2.0)])
  func `what methods harm alone is put together, and scaled by what combinations harm`(
    limit: Double, factor: Double
  ) {
    let space = space
    let dense = space.parts(of: space.dense)
    /// A harm that adds up over the methods, combinations `factor` times as much.
    func harm(_ place: SettingsSpace.Place) -> Double {
      let parts = space.parts(of: place)
      let used = parts.indices.filter { parts[$0] != dense[$0] }
      let sum = used.reduce(0.0) { sum, method in
        sum + 0.002 * Double(method + 1) * Double(parts[method].reduce(0, +))
      }
      return used.count > 1 ? factor * sum : sum
    }
    let model = costsOfOperations
    let trials = (space.singles + space.seeds).map { place in
      let settings = space.settings(place)
      return FrontSearch.Trial(
        place: place, settings: settings, divergence: harm(place),
        firstToken: model.firstTokenSeconds(settings), entryShare: 1, operationShare: 1)
    }
    let composed = ComposedHarm(space, trials)
    #expect(abs(composed.scale - factor) < 1e-6)
    func cost(_ place: SettingsSpace.Place) -> Double { model.firstTokenSeconds(space.settings(place)) }
    let found = composed.descent(limit: limit, cost: cost)
    #expect(harm(found) <= limit * (1 + 1e-9) && harm(found) > 0)
    let singles = space.singles.filter { harm($0) <= limit / factor }
    #expect(singles.allSatisfy { cost($0) >= cost(found) })
  }

  @Test func `budgets are met by costs alone`() {
    var budget = PointBudget(name: "target", maximumLoss: nil, entryShare: 0.5)
    let fixed = FixedCosts(residentBytes: 1000)
    func allows(prefill: Double = 0.005, step: Double = 0.001, share: Double = 0.4, bytes: Double = 100)
      -> Bool
    {
      budget.allows(
        PointCosts(
          image: 0.01, prefill: prefill, step: step, entryShare: share, operationShare: 0.5, kvBytes: bytes),
        fixed)
    }
    #expect(allows() && !allows(share: 0.6))
    budget.operationShare = 0.4
    #expect(!allows())
    budget.operationShare = 0.5
    budget.firstTokenSeconds = 0.02
    #expect(allows(prefill: 0.009) && !allows(prefill: 0.011))
    budget.memoryBytes = 1150
    #expect(allows() && !allows(bytes: 200))
    budget.decodeRate = 900
    #expect(allows() && !allows(step: 0.0012))
  }

  // MARK: What is found on a tiny plan

  @Test func `tuning gives dense, the standard points and a target, and a front that starts with dense`()
    throws
  {
    let folder = try TemporaryFolder()
    var contents = TinyContext.contents
    contents.calibration = record
    let context = try TinyContext.open(contents, in: folder)
    let set = try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: 4))
    var options = Tuner.Options()
    (options.trials, options.maxTokens) = (60, 3)
    let target = PointBudget(name: "target", maximumLoss: nil, entryShare: 0.3)
    let result = try Tuner(context, record: record, options: options)
      .tune(set, budgets: PointBudget.standard + [target], reporter: SilentProgress())
    #expect(result.points.map(\.name) == ["dense", "quality", "balanced", "fast", "target"])
    #expect(result.points.allSatisfy { $0.figures?.samples == 4 })
    #expect(result.points[4].figures.map { $0.visualEntryShare <= 0.3 } ?? false)
    // What does no harm at all may be faster than dense.
    #expect(result.front.first?.figures.map { $0.divergence < 1e-6 } ?? false)
    contents.points = result.points
    contents.front = result.front
    let reopened = try TinyContext.open(contents, in: folder).model.contents
    #expect(reopened.front.map(\.settings) == result.front.map(\.settings))
  }

  /// A model of costs by which a prefill takes a nanosecond for each operation.
  private var costsOfOperations: CostModel {
    CostModel(
      TinyModel.description, sizes: sizes(text: 8, visual: 64),
      samples: space.seeds.map {
        let settings = space.settings($0)
        let kept = settings.tokenPruning?.keptCount(of: 64) ?? 64
        let work = OperationCounter(text).work(text: 8, visual: 64, kept: kept, settings: settings)
        return .init(settings: settings, prefill: 1e-9 * (work.linear + work.attention), step: 1e-4)
      })
  }

  private var space: SettingsSpace { SettingsSpace(record, TinyModel.description.text) }

  /// A calibration of the tiny model as it might be.
  private var record: CalibrationRecord {
    var lens = LayerRankings()
    lens.feedForward = [3, 2, 1, 0]
    lens.feedForwardDivergence = [0.001, 0.002, 0.003, 0.004]
    lens.attention = [3, 1, 2, 0]
    lens.attentionDivergence = [0.001, 0.002, 0.003, 0.004]
    lens.attentionWindow = 4
    lens.leading = LeadingNeurons(
      order: (0..<4).flatMap { _ in Array(0..<Int32(40)) }, share: 0.25, divergence: 0)
    var profile = RetentionProfile()
    profile.visionAttentionMean = [0.1, 0.2, 0.3, 0.4]
    profile.visionAttentionDeviation = [0, 0, 0, 0]
    profile.visionAttentionByHead = Array(repeating: 0.2, count: 8)
    profile.retention = [0.7, 0.4, 0.4, 0.1]
    profile.layerClass = [2, 1, 1, 0]
    profile.candidates = [
      .init(ranking: .lastRow, evenShare: 0, rate: 0.5, divergence: 0.2, longAnswerDivergence: 0.3),
      .init(ranking: .even, evenShare: 0, rate: 0.5, divergence: 0.1, longAnswerDivergence: 0.2),
    ]
    var search = CostSearch()
    search.keepRatios = [0.5]
    search.chosen = TokenPruning(rule: .sinkhorn, keepRatio: 0.5, layer: 1)
    search.candidates = [
      .init(settings: search.chosen, divergence: 0.01),
      .init(settings: .init(rule: .stride, keepRatio: 0.5, layer: 1), divergence: 0.05),
      .init(settings: .init(rule: .semiRelaxed, keepRatio: 0.5, layer: 2), divergence: 0.02),
    ]
    var provenance = CalibrationProvenance()
    provenance.samples = 4
    return CalibrationRecord(
      tokenPruning: search, layerReduction: lens, cacheRetention: profile, provenance: provenance)
  }
}
