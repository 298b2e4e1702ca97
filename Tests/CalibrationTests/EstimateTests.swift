import Evaluation
import Inference
import Models
import Plan
import Testing
import TestSupport

@testable import Calibration

/// What a compilation is said to take before it is done.
@Suite(.endsWithin(minutes: 5)) struct EstimateTests {
  private let folder: TemporaryFolder
  private let context: Context
  private let options: CalibrationOptions

  init() throws {
    folder = try TemporaryFolder()
    context = try TinyContext.open(in: folder)
    var options = CalibrationOptions()
    (options.maxTokens, options.attentionWindow, options.keepRatios) = (4, 4, [0.5])
    self.options = options
  }

  private func set(_ count: Int) throws -> SampleSet {
    try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: count))
  }

  @Test func `all stages of a calibration are there in their order, under the names of their progress`()
    throws
  {
    let set = try set(3)
    let reporter = RecordingProgress()
    _ = try Calibrator(context, options: options)
      .calibrate(set, weightsDigest: "w", resuming: false, reporter: reporter)
    let (estimate, _) = try Calibrator(context, options: options)
      .estimate(set, neuronOrder: nil, reporter: SilentProgress())
    // Two settings are measured without a word.
    let stages = estimate.stages.filter { $0.stage != "reducing text and leading neurons" }
    #expect(stages.map(\.stage) == reporter.stages.map(\.name))
    #expect(estimate.stages.allSatisfy { $0.seconds > 0 && $0.seconds.isFinite })
    #expect(estimate.seconds == estimate.stages.reduce(0) { $0 + $1.seconds })
  }

  @Test func `all stages of a tuning are there, too`() throws {
    let set = try set(3)
    var search = Tuner.Options()
    (search.trials, search.maxTokens) = (20, 4)
    let (_, record) = try Calibrator(context, options: options)
      .estimate(set, neuronOrder: nil, reporter: SilentProgress())
    var contents = TinyContext.contents
    contents.calibration = record
    let tuner = Tuner(try TinyContext.open(contents, in: folder), record: record, options: search)
    let reporter = RecordingProgress()
    _ = try tuner.tune(set, reporter: reporter)
    let estimate = try tuner.estimate(set, reporter: SilentProgress())
    #expect(estimate.stages.map(\.stage) == reporter.stages.map(\.name))
    #expect(estimate.stages.allSatisfy { $0.seconds > 0 && $0.seconds.isFinite })
    search.leavesTimes = true
    let untimed = Tuner(try TinyContext.open(contents, in: folder), record: record, options: search)
    #expect(
      try untimed.estimate(set, reporter: SilentProgress()).stages.map(\.stage)
        == estimate.stages.map(\.stage).filter { !$0.hasPrefix("timing") })
  }

  @Test func `neurons that are going to be ordered are part of it`() throws {
    let (estimate, record) = try Calibrator(context, options: options)
      .estimate(try set(2), neuronOrder: NeuronOrder(TinyModel.description), reporter: SilentProgress())
    #expect(estimate.stages.first?.stage == "neuron order")
    #expect(estimate.stages.contains { $0.stage == "harm of tower reduction" })
    #expect(record.layerReduction?.leading != nil && record.towerReduction != nil)
  }

  @Test func `an estimate stops where it is told to`() throws {
    #expect(throws: StoppingProgress.Stop.self) {
      try Calibrator(context, options: options)
        .estimate(try set(2), neuronOrder: nil, reporter: StoppingProgress(after: 5))
    }
  }

  @Test func `what samples keep is counted for all of them`() throws {
    func bytes(_ count: Int) throws -> Int {
      try Calibrator(context, options: options)
        .estimate(try set(count), neuronOrder: nil, reporter: SilentProgress()).0.sampleBytes
    }
    let (few, many) = (try bytes(3), try bytes(12))
    #expect(few > 0 && (2 * few...8 * few).contains(many))
  }

  // MARK: Runs

  @Test func `races leave fewer runs of more samples, and an exhaustive search leaves all`() {
    for share in [RunShare.rules, .rankings, .pictures, .search] {
      let shares = [1, 2, 4, 5, 20, 80, 10_000].map { share.over($0, isExhaustive: false) }
      #expect(shares.allSatisfy { $0 > 0 && $0 <= 1 } && shares == shares.sorted(by: >))
      #expect(shares[2] == 1 && shares[3] < 1 && share.over(80, isExhaustive: true) == 1)
    }
  }

  @Test func `where samples are alike, some of them tell, and all do where they are not`() {
    let (alike, odd) = ([0.100, 0.105, 0.097], [0.1, 3, 0.001])
    for share in [RunShare.rules, .pictures, .orders] {
      #expect(share.over(80, harms: [alike, alike, odd], isExhaustive: false) == 0.1)
      #expect(
        share.over(80, harms: [alike, odd, odd], isExhaustive: false) == share.over(80, isExhaustive: false))
      #expect(share.over(80, harms: [alike], isExhaustive: true) == 1)
    }
  }

  @Test(arguments: [1, 2, 5, 12])
  func `a ranking takes what all its runs take`(layers: Int) {
    var options = CalibrationOptions()
    options.isExhaustive = true
    // A layer takes a second, whether it is reduced or not, and what is behind all of them half a second.
    let seconds = LayerRankingSearch.RunSeconds(
      layers: layers, whole: Double(layers) + 0.5, kept: Double(layers) + 0.5, last: 1.5,
      reduced: Double(layers) + 0.5)
    // As many layers begin early as late, so that a run has half of the layers and half a one.
    let run = 1.5 + Double(layers - 1) / 2
    let runs = Double(layers * (layers + 1) / 2)
    // What a round finds was run and kept when it was tried, unless it was not tried first.
    let missed = LayerRankingSearch.RunSeconds.missedShare
    let updates = Double(layers) + 0.5 + missed * Double(layers - 1) * run
    #expect(abs(seconds.ranking(over: 3, options) - 3 * (runs * run + updates)) < 1e-9)
    options.priorLayers = layers
    #expect(abs(seconds.ranking(over: 1, options) - (Double(layers) * run + updates)) < 1e-9)
  }
}
