@testable import Calibration
import Compute
import Glibc
import Inference
import TestSupport
import Testing

/// What settings are taken to lose, from noisy measurements.
@Suite(.endsWithin(minutes: 1)) struct LossEstimateTests {
  typealias Measurement = LossEstimate.Measurement

  @Test func `losses that lie on the curve are found as they are, with room for their scatter`() {
    let measurements = [0.0004, 0.0016, 0.0036, 0.01].map {
      Measurement(loss: 0.2 * $0.squareRoot(), standardError: 0.002, divergence: $0)
    }
    let estimate = LossEstimate(measurements)
    #expect(abs(estimate.slope - 0.2) < 1e-9)
    for measurement in measurements {
      let upper = estimate.loss(measurement).upper
      #expect(upper > measurement.loss && upper < 1.72 * measurement.loss)
    }
  }

  @Test(arguments: LossEstimate.exponents)
  func `how losses grow with divergence is found, and mild candidates get what they lose`(exponent: Double) {
    let measurements = (1...10).map { step in
      let divergence = 0.004 * Double(step)
      return Measurement(
        loss: 0.5 * pow(divergence, exponent), standardError: 0.001, divergence: divergence)
    }
    let estimate = LossEstimate(measurements)
    #expect(estimate.exponent == exponent && abs(estimate.slope - 0.5) < 1e-9)
    for measurement in measurements {
      #expect(abs(estimate.loss(measurement).likely - measurement.loss) < 1e-9)
    }
    // Few candidates say nothing about it.
    #expect(LossEstimate(Array(measurements.prefix(4))).exponent == 0.5)
  }

  @Test func `luck is not taken for quality`() {
    var measurements = [0.0004, 0.0016, 0.0036, 0.0064, 0.01].map {
      Measurement(loss: 0.2 * $0.squareRoot(), standardError: 0.008, divergence: $0)
    }
    measurements.append(Measurement(loss: -0.01, standardError: 0.008, divergence: 0.01))
    let estimate = LossEstimate(measurements)
    #expect(estimate.loss(measurements[5]).upper > 0.005)
    #expect(estimate.loss(measurements[5]).upper < estimate.loss(measurements[4]).upper)
  }

  @Test func `what was measured exactly is believed for its own set`() {
    let measurements = [(0.03, 0.01), (0.001, 0.0016)].map {
      Measurement(loss: $0.0, standardError: 1e-6, divergence: $0.1)
    }
    let estimate = LossEstimate(measurements)
    for measurement in measurements {
      #expect(abs(estimate.loss(measurement).likely - measurement.loss) < 1e-4)
      #expect(estimate.loss(measurement).upper > measurement.loss)
    }
  }

  @Test func `an even divergence is itself, and a few samples that are quite another weigh by their number`()
  {
    #expect(abs(Divergences.even(Array(repeating: 0.02, count: 50)) - 0.02) < 1e-12)
    // Two of a hundred answers are altogether others, by however many nats.
    let few = { (nats: Double) in Divergences.even(Array(repeating: 0, count: 98) + [nats, nats]) }
    #expect(abs(few(2) - 2 * 0.02 * 0.02) < 1e-12 && few(20) == few(2))
    #expect(few(.nan) == few(2) && few(0) == 0)
  }

  @Test func `nothing measured, nothing lost`() {
    #expect(LossEstimate([]).loss(Measurement(loss: 0, standardError: 0, divergence: 0)).upper == 0)
  }

  @Test func `the boldest of many candidates keeps its budget, where the measured loss alone breaks it`() {
    var generator = SplitMix64(seed: 1)
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + generator.nextUnit() } }
    let budget = 0.01
    var kept = (estimated: 0, measured: 0)
    let rounds = 400
    for _ in 0..<rounds {
      let truths = (1...16).map { (divergence: 0.0004 * Double($0), scatter: 1 + 0.5 * normal()) }
        .map { (divergence: $0.divergence, loss: 0.2 * $0.divergence.squareRoot() * $0.scatter) }
      let measurements = truths.map {
        Measurement(loss: $0.loss + 0.008 * normal(), standardError: 0.008, divergence: $0.divergence)
      }
      let estimate = LossEstimate(measurements)
      let estimated = measurements.indices.last { estimate.loss(measurements[$0]).upper <= budget }
      let measured = measurements.indices.last { measurements[$0].loss <= budget }
      if estimated.map({ truths[$0].loss <= budget }) ?? true { kept.estimated += 1 }
      if measured.map({ truths[$0].loss <= budget }) ?? true { kept.measured += 1 }
    }
    #expect(kept.estimated >= rounds * 5 / 6, "\(kept)")
    #expect(kept.measured <= rounds * 2 / 3, "\(kept)")
  }
}
