import Compute
import Foundation
import Inference
import TestSupport
import Testing

/// Temperature, then top-k, then top-p, then min-p, then one draw.
@Suite(.endsWithin(minutes: 1)) struct SamplerTests {
  /// Probabilities 0.5, 0.3, 0.15, 0.05 of tokens 3, 0, 2, 1.
  private static let probabilities = [0.3, 0.05, 0.15, 0.5]

  @Test func `greedy takes the most likely token, of equal ones the lower id`() throws {
    var sampler = Sampler()
    #expect(try sampler.next(logits([0.1, 0.9, 0.2])) == 1)
    #expect(try sampler.next(logits([-3, -1, -1, -2])) == 1)
    #expect(try sampler.next(logits([5, 5, 5])) == 0)
    #expect(try sampler.next(logits([7])) == 0)
    #expect(try sampler.next(logits([-.infinity, -.infinity, -1e30])) == 2)
  }

  @Test(arguments: [0.1, 1, 50]) func `one token left is that token at any temperature`(temperature: Double)
    throws
  {
    for restrict: (inout SamplingOptions) -> Void in [
      { $0.topK = 1 }, { $0.topP = 1e-9 }, { $0.minP = 1 },
    ] {
      var options = SamplingOptions()
      options.temperature = temperature
      restrict(&options)
      #expect(try support(options) == [3])
    }
  }

  @Test(
    arguments: [
      (0, [0, 1, 2, 3]), (1, [3]), (2, [0, 3]), (3, [0, 2, 3]), (4, [0, 1, 2, 3]), (99, [0, 1, 2, 3]),
    ] as [(Int, Set<Int32>)])
  func `top-k keeps the k most likely`(k: Int, expected: Set<Int32>) throws {
    var options = Self.drawing
    options.topK = k
    #expect(try support(options) == expected)
  }

  @Test(
    arguments: [
      (0.4, [3]), (0.51, [0, 3]), (0.79, [0, 3]), (0.81, [0, 2, 3]), (0.94, [0, 2, 3]), (0.96, [0, 1, 2, 3]),
      (1, [0, 1, 2, 3]),
    ] as [(Double, Set<Int32>)])
  func `top-p keeps the fewest most likely that reach p`(p: Double, expected: Set<Int32>) throws {
    var options = Self.drawing
    options.topP = p
    #expect(try support(options) == expected)
  }

  @Test(
    arguments: [
      (0, [0, 1, 2, 3]), (0.09, [0, 1, 2, 3]), (0.11, [0, 2, 3]), (0.29, [0, 2, 3]), (0.31, [0, 3]),
      (0.59, [0, 3]),
      (0.61, [3]),
    ] as [(Double, Set<Int32>)])
  func `min-p keeps those at least that share as likely as the most likely`(p: Double, expected: Set<Int32>)
    throws
  {
    var options = Self.drawing
    options.minP = p
    #expect(try support(options) == expected)
  }

  @Test func `top-p counts shares of what top-k left`() throws {
    var options = Self.drawing
    options.topK = 2  // 0.5 and 0.3: shares 0.625 and 0.375
    options.topP = 0.6
    #expect(try support(options) == [3])
    options.topP = 0.63
    #expect(try support(options) == [0, 3])
  }

  @Test(arguments: [0.5, 1, 2]) func `frequencies follow the tempered probabilities`(temperature: Double)
    throws
  {
    var options = Self.drawing
    options.temperature = temperature
    let powers = Self.probabilities.map { pow($0, 1 / temperature) }
    let total = powers.reduce(0, +)
    let draws = 20_000
    let counts = try counts(options, draws: draws)
    for token in 0..<4 {
      let expected = powers[token] / total
      let deviation = (expected * (1 - expected) / Double(draws)).squareRoot()
      #expect(abs(Double(counts[token]) / Double(draws) - expected) < 4.5 * deviation, "token \(token)")
    }
  }

  @Test func `what is left is drawn in proportion`() throws {
    var options = Self.drawing
    options.topK = 2
    let counts = try counts(options, draws: 20_000)
    #expect(abs(Double(counts[3]) / 20_000 - 0.625) < 0.016)
  }

  @Test(
    arguments: [
      [0, .nan], [.nan, 1], [1, .infinity, 0], [-.infinity, -.infinity], [-.infinity, .nan],
    ] as [[Double]], [0, 1.0])
  func `logits that are no numbers are an error, never a token`(values: [Double], temperature: Double) {
    var options = SamplingOptions()
    options.temperature = temperature
    var sampler = Sampler(options)
    let error = #expect(throws: InferenceError.self) { try sampler.next(logits(values)) }
    #expect(error?.description == "model: its logits are no numbers")
  }

  @Test func `a seed decides the draws`() throws {
    func draws(seed: UInt64) throws -> [Int32] {
      var options = Self.drawing
      options.seed = seed
      var sampler = Sampler(options)
      return try (0..<50).map { _ in try sampler.next(logits(Self.probabilities.map(log))) }
    }
    #expect(try draws(seed: 1) == draws(seed: 1))
    #expect(try draws(seed: 1) != draws(seed: 2))
  }

  @Test func `extreme settings and logits still give a token`() throws {
    for temperature in [1e-300, 1e-9, 1e9, 1e300] {
      var options = SamplingOptions()
      options.temperature = temperature
      var sampler = Sampler(options)
      #expect(try (0..<3).contains(sampler.next(logits([1e30, -1e30, 0]))))
      #expect(try (1..<3).contains(sampler.next(logits([-.infinity, 3, 2]))))
    }
  }

  @Test(
    arguments: [
      (-0.1, 0, 1, 0, "temperature -0.1 is negative or not finite"),
      (.nan, 0, 1, 0, "temperature nan is negative or not finite"),
      (.infinity, 0, 1, 0, "temperature inf is negative or not finite"),
      (1, -1, 1, 0, "top-k -1 is negative"), (1, 0, 0, 0, "top-p 0.0 is not within (0, 1]"),
      (1, 0, 1.01, 0, "top-p 1.01 is not within (0, 1]"), (1, 0, .nan, 0, "top-p nan is not within (0, 1]"),
      (1, 0, 1, -1, "min-p -1.0 is not within [0, 1]"), (1, 0, 1, .nan, "min-p nan is not within [0, 1]"),
    ] as [(Double, Int, Double, Double, String)])
  func `a setting outside its range is named`(
    temperature: Double, topK: Int, topP: Double, minP: Double, problem: String
  ) throws {
    var options = SamplingOptions()
    options.temperature = temperature
    options.topK = topK
    options.topP = topP
    options.minP = minP
    #expect(options.problem == problem)
  }

  @Test func `the ends of the ranges are well`() throws {
    var options = SamplingOptions()
    #expect(options.problem == nil)
    options.temperature = 100
    options.topK = 1_000_000
    options.topP = 1e-9
    options.minP = 1
    #expect(options.problem == nil)
  }

  @Test(
    arguments: [1, 2, 3, 50, 500, 5000], [(0.3, 0), (0.3, 0.01), (0.9, 0), (0.9, 0.1), (1, 0), (1, 0.01)])
  func `of many tokens those stay that plain sorting keeps`(k: Int, shares: (topP: Double, minP: Double))
    throws
  {
    let (topP, minP) = shares
    let values = randomMatrix(1, 2000, seed: UInt64(k)).row(0).map { Double($0) * 8 }
    var options = Self.drawing
    (options.topK, options.topP, options.minP) = (k == 5000 ? 0 : k, topP, minP)
    let highest = values.max() ?? 0
    var sorted = values.map { exp(Double(Float($0)) - highest) }.enumerated().sorted {
      $0.element > $1.element
    }
    if options.topK > 0 { sorted.removeLast(max(0, sorted.count - k)) }
    let total = sorted.reduce(0) { $0 + $1.element }
    var (kept, reached) = (Set<Int32>(), 0.0)
    for (token, weight) in sorted where kept.isEmpty || (reached < topP * total && weight >= minP) {
      kept.insert(Int32(token))
      reached += weight
    }
    var sampler = Sampler(options)
    let row = logits(values)
    let drawn = try Set((0..<3000).map { _ in try sampler.next(row) })
    #expect(drawn.isSubset(of: kept))
    // Whatever is likely enough to be drawn comes.
    let expected = sorted.filter { kept.contains(Int32($0.offset)) && $0.element / reached > 0.01 }
    #expect(drawn.isSuperset(of: expected.map { Int32($0.offset) }))
  }

  @Test func `a bias moves a token, and forbids it`() throws {
    var options = SamplingOptions()
    options.biases = [1: 3, 9: 5, -1: 5]
    var sampler = Sampler(options)
    #expect(try sampler.next(logits([2, 0, 1])) == 1)
    options.biases = [0: -.infinity, 1: -100]
    sampler = Sampler(options)
    #expect(try sampler.next(logits([2, 1.5, 1])) == 2)
    options.biases[2] = -.infinity
    options.biases[1] = -.infinity
    sampler = Sampler(options)
    let error = #expect(throws: InferenceError.self) { try sampler.next(logits([2, 1.5, 1])) }
    #expect(error?.description == "sampling: the biases leave no token")
  }

  @Test func `penalties count what the answer has already`() throws {
    var options = SamplingOptions()
    options.frequencyPenalty = 0.4
    var sampler = Sampler(options)
    // 2, 1.6, 1.2 of token 0 beside 1.5 of token 1.
    #expect(try (0..<5).map { _ in try sampler.next(logits([2, 1.5, -9])) } == [0, 0, 1, 0, 1])
    options = SamplingOptions()
    options.presencePenalty = 0.6
    sampler = Sampler(options)
    #expect(try (0..<5).map { _ in try sampler.next(logits([2, 1.5, -9])) } == [0, 1, 0, 0, 0])
  }

  // MARK: Helpers

  private static var drawing: SamplingOptions {
    var options = SamplingOptions()
    options.temperature = 1
    return options
  }

  private func support(_ options: SamplingOptions) throws -> Set<Int32> {
    Set(try counts(options, draws: 3000).enumerated().filter { $0.element > 0 }.map { Int32($0.offset) })
  }

  private func counts(_ options: SamplingOptions, draws: Int) throws -> [Int] {
    var sampler = Sampler(options)
    var counts = Array(repeating: 0, count: 4)
    let row = logits(Self.probabilities.map { log($0) + 3 })
    for _ in 0..<draws { counts[Int(try sampler.next(row))] += 1 }
    return counts
  }

  private func logits(_ values: [Double]) -> MatrixView {
    MatrixView(rows: 1, columns: values.count, elements: values.map { Float($0) })
  }
}
