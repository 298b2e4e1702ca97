public import Cluster
import Foundation
import Inference

/// Who works on which samples.
public enum SampleShare {
  /// Ranks that tell each other what they find.
  case ranks(any Ranks)
  /// One of some jobs that never hear of each other: it stops where the results of others are needed.
  case shard(number: Int, of: Int)

  /// Processes that divide the samples and wait for each other.
  var ranks: Int {
    if case .ranks(let ranks) = self { return ranks.count }
    return 1
  }

  /// Whether what is found of all samples is known to whoever works on them.
  var isWhole: Bool {
    if case .ranks = self { return true }
    return false
  }

  /// Whether this process works on the sample at a place.
  func owns(_ place: Int) -> Bool {
    switch self {
    case .ranks(let ranks): place % ranks.count == ranks.own
    case .shard(let number, let count): place % count == number
    }
  }
}

extension SampleShare {
  /// The share of work that has to be whole before samples are divided into shards: all of it.
  var beforeShards: SampleShare {
    if case .shard = self { return .ranks(SoleRank()) }
    return self
  }
}

extension SampleShare {
  /// What each rank says, by number.
  func everyones(_ text: String) throws -> [String] {
    guard case .ranks(let ranks) = self else { return [text] }
    return try ranks.gather(text)
  }

  /// What one rank finds while all others wait, such as times, which others at work would spoil.
  func onFirst<Value: Codable>(_ body: () throws -> Value) throws -> Value {
    guard case .ranks(let ranks) = self, ranks.count > 1 else { return try body() }
    var answer = Answer<Value>()
    var failure: (any Error)?
    if ranks.own == 0 {
      do { answer.value = try body() } catch {
        failure = error
        answer.failure = "\(error)"
      }
    }
    let given = try ranks.gather(Array(SavedState.encoder.encode(answer)))
    if let failure { throw SharedFailure(reason: failure) }
    let found = try SavedState.decoder.decode(Answer<Value>.self, from: Data(given[0]))
    guard let value = found.value else {
      throw SharedFailure(reason: ClusterError("rank 0: \(found.failure ?? "")"))
    }
    return value
  }

  private struct Answer<Value: Codable>: Codable {
    var value: Value?
    var failure: String?
  }
}

/// A shard has done all that it can do without the results of the others.
struct ShardIsDone: Error {}

extension SampleShare {
  /// Works on the samples at some places, each where it belongs, and gives every rank what came of them, wave after wave,
  /// which are as long as the pace says.
  func forEach<Value: Codable>(
    _ places: [Int], steps: Int, pace: inout WavePace, _ reporter: any ProgressReporter,
    _ body: (Int) throws -> Value, _ take: ([Int: Value]) throws -> Void
  ) throws {
    switch self {
    case .ranks(let ranks) where ranks.count == 1:
      for place in places {
        try take([place: body(place)])
        try reporter.advance(by: steps)
      }
    case .ranks(let ranks):
      var next = 0
      while next < places.count {
        let wave = places[next..<min(places.count, next + pace.size(ranks: ranks.count, steps: steps))]
        let (found, failure, seconds) = try ranks.wave(wave.filter(owns), reporter, body)
        try take(found)
        if let failure { throw failure }
        pace.note(seconds, samples: wave.count, ranks: ranks.count, steps: steps)
        try reporter.advance(by: steps * wave.count)
        next += wave.count
      }
    case .shard:
      for place in places where owns(place) {
        try take([place: body(place)])
        try reporter.advance(by: steps)
      }
      if !places.isEmpty { throw ShardIsDone() }
    }
  }
}

/// What one rank found in a wave.
private struct WavePart<Value: Codable>: Codable {
  var results: [Int: Value] = [:]
  /// Why it could not find more.
  var failure: String?
  var seconds = 0.0
}

extension Ranks {
  /// Runs this rank's samples of a wave, behind which ranks wait for each other: results of all of them, why there are not
  /// more, and how long the slowest rank took.
  fileprivate func wave<Value: Codable>(
    _ own: [Int], _ reporter: any ProgressReporter, _ body: (Int) throws -> Value
  ) throws -> (found: [Int: Value], failure: (any Error)?, seconds: Double) {
    var part = WavePart<Value>()
    var failure: (any Error)?
    let start = StageClock.now
    do {
      for place in own {
        part.results[place] = try body(place)
        try reporter.advance(by: 0)
      }
    } catch {
      failure = error
      part.failure = "\(error)"
    }
    part.seconds = StageClock.now - start
    let parts = try gather(Array(SavedState.encoder.encode(part))).map {
      try SavedState.decoder.decode(WavePart<Value>.self, from: Data($0))
    }
    if let rank = parts.firstIndex(where: { $0.failure != nil }) {
      // Whoever is asked to end says so itself.
      do { try reporter.advance(by: 0) } catch { failure = failure ?? error }
      failure = SharedFailure(
        reason: failure ?? ClusterError("rank \(rank): \(parts[rank].failure ?? "")"))
    }
    let found = parts.reduce(into: [:]) { all, part in all.merge(part.results) { first, _ in first } }
    return (found, failure, parts.map(\.seconds).max() ?? 0)
  }
}
