import Cluster
import Evaluation
import Foundation
import Inference
import Plan
import Testing
import TestSupport

@testable import Calibration

/// Samples that ranks share: the same results for any number of them.
@Suite(.endsWithin(minutes: 5)) struct SampleShareTests {
  private let folder: TemporaryFolder
  private let set: SampleSet

  init() throws {
    folder = try TemporaryFolder()
    set = try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: 7))
  }

  /// A calibration and a tuning without times, as one text, by rank.
  private func compile(ranks count: Int) throws -> [String] {
    let set = set
    return try ThreadRanks.run(count: count) { ranks in
      let own = try TemporaryFolder()
      let context = try TinyContext.open(in: own)
      var options = CalibrationOptions()
      (options.maxTokens, options.attentionWindow, options.keepRatios) = (4, 4, [0.5])
      let order = try NeuronOrdering(context, options: options)
        .order(set, weightsDigest: "w", share: .ranks(ranks), reporter: SilentProgress()).order
      let record = try Calibrator(context, options: options, share: .ranks(ranks))
        .calibrate(
          set, weightsDigest: "w", neuronOrder: order, resuming: false, reporter: SilentProgress())
      var contents = TinyContext.contents
      contents.calibration = record
      let calibrated = try TinyContext.open(contents, in: own)
      var search = Tuner.Options()
      (search.trials, search.maxTokens, search.leavesTimes) = (30, 4, true)
      let result = try Tuner(calibrated, record: record, options: search, share: .ranks(ranks))
        .tune(set, reporter: SilentProgress())
      return "\(order) \(record) \(result)"
    }
  }

  @Test func `one, two, three and nine ranks find the same, to the bit`() throws {
    let alone = try #require(try compile(ranks: 1).first)
    for count in [2, 3, 9] {
      let found = try compile(ranks: count)
      #expect(found.count == count && Set(found) == [alone], "\(count) ranks")
    }
  }

  @Test func `each rank works on its own samples alone`() throws {
    let set = set
    let worked = try ThreadRanks.run(count: 3) { ranks in
      let own = try TemporaryFolder()
      let pool = SamplePool(
        set.samples, try TinyContext.open(in: own), maxTokens: 1, share: .ranks(ranks))
      var places: [Int] = []
      let found = try pool.results(at: 0..<7, reporter: SilentProgress()) { place in
        places.append(place)
        return 10 * place
      }
      #expect(found == [0, 10, 20, 30, 40, 50, 60])
      return places
    }
    #expect(worked == [[0, 3, 6], [1, 4], [2, 5]])
  }

  @Test func `what fails on one rank ends all of them, and what was found is kept`() throws {
    struct Failure: Error {}
    let set = set
    let errors = try ThreadRanks.run(count: 2) { ranks in
      let own = try TemporaryFolder()
      let pool = SamplePool(
        set.samples, try TinyContext.open(in: own), maxTokens: 1, share: .ranks(ranks))
      var saved: [Int: Int] = [:]
      do {
        _ = try pool.results(
          at: 0..<7, reporter: SilentProgress(), save: { saved = $0 },
          { place in
            if place == 3 { throw Failure() }
            return place
          })
        return "none"
      } catch { return "\(error) \(saved.keys.sorted().prefix(3))" }
    }
    #expect(errors[1].hasPrefix("Failure()") && errors[0].hasPrefix("rank 1: Failure()"))
    #expect(errors.allSatisfy { $0.hasSuffix("[0, 1, 2]") })
  }

  // MARK: Shards

  private var options: CalibrationOptions {
    var options = CalibrationOptions()
    (options.maxTokens, options.attentionWindow, options.keepRatios) = (4, 4, [0.5])
    return options
  }

  private func shard(_ number: Int, of count: Int, seed: UInt64 = 0) throws -> String {
    var options = options
    (options.isExhaustive, options.seed) = (true, seed)
    let state = try Calibrator(
      TinyContext.open(in: folder), options: options, share: .shard(number: number - 1, of: count)
    ).calibrateShard(set, weightsDigest: "w", resuming: false, reporter: SilentProgress())
    let path = folder.file("part-\(number)-\(count)-\(seed).h5")
    try CalibrationShard(number: number, count: count, state: state).write(to: path)
    return path
  }

  private func calibrate(_ state: String, exhaustive: Bool = false) throws -> CalibrationRecord {
    var options = options
    options.isExhaustive = exhaustive
    return try Calibrator(TinyContext.open(in: folder), options: options, statePath: folder.file(state))
      .calibrate(set, weightsDigest: "w", resuming: true, reporter: SilentProgress())
  }

  @Test(arguments: [1, 2, 3]) func `shards that were merged are gone on from to the same choices`(count: Int)
    throws
  {
    let parts = try (1...count).map { try shard($0, of: count) }
    #expect(try CalibrationShard.merge(parts.reversed(), into: folder.file("merged")) == count)
    let record = try calibrate("merged")
    let whole = try calibrate("alone", exhaustive: true)
    #expect(record.horizon == whole.horizon)
    #expect(record.layerReduction == whole.layerReduction)
    #expect(record.tokenPruning?.chosen == whole.tokenPruning?.chosen)
    #expect("\(String(describing: record.cacheRetention))" == "\(String(describing: whole.cacheRetention))")
    // What one pass finds was found by the shards.
    #expect(record.contrastSelection == whole.contrastSelection && record.towerDepth == whole.towerDepth)
  }

  @Test func `what cannot be merged says why`() throws {
    let (first, second) = (try shard(1, of: 2), try shard(2, of: 2))
    let other = try shard(2, of: 2, seed: 5)
    let third = try shard(3, of: 3)
    try folder.write("no HDF5", to: "junk.h5")
    func reason(_ paths: [String]) -> String {
      let error = #expect(throws: CalibrationError.self) {
        try CalibrationShard.merge(paths, into: folder.file("merged"))
      }
      return error?.description ?? ""
    }
    #expect(reason([first]) == "shard 2 of 2 is missing")
    #expect(reason([first, second, second]) == "\(second): is shard 2, as \(second) is")
    #expect(reason([first, other]) == "\(other): was made with --seed 5, not 0, as \(first) was")
    #expect(reason([first, third]) == "\(third): is one of 3 shards, \(first) one of 2")
    #expect(reason([first, folder.file("junk.h5")]).hasPrefix("\(folder.file("junk.h5")): "))
    #expect(reason([first, folder.file("none.h5")]) == "\(folder.file("none.h5")): cannot be read")
    #expect(!FileManager.default.fileExists(atPath: folder.file("merged")))
  }
}
