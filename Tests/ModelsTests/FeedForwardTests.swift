import Compute
import Foundation
import Plan
import Testing
import TestSupport

@testable import Models

/// RedundancyLens' probe-activated FFN against its definition (section 2 of the methods).
@Suite(.endsWithin(minutes: 1)) struct FeedForwardTests {
  private let model = TinyModel.description.text
  private let feedForward: FeedForward
  private let workspace: DecoderWorkspace
  private let workers = Workers(count: 1)
  /// Two texts around and between two images of 7 and 5 tokens.
  private let visual: [Int32] = [-1, -1] + (0..<7).map(Int32.init) + [-1] + (7..<12).map(Int32.init) + [-1]

  init() throws {
    feedForward = try FeedForward(model, layer: 1, weights: RandomWeights(seed: 3))
    workspace = try Decoder(model, weights: RandomWeights(seed: 3)).makeWorkspace()
    workspace.reserve(rows: 16, positions: 16)
  }

  @Test(arguments: [0.1, 1.0], [false, true]) func `all neurons is the full FFN`(
    probeShare: Double, text: Bool
  ) {
    let probed = output(NeuronProbe(neuronShare: 1, probeShare: probeShare, reducesText: text))
    #expect(largestDifference(probed.elements, full().elements) < 1e-5)
  }

  @Test(arguments: [0.01, 0.2, 0.5, 0.9], [0.1, 0.5, 1])
  func `visual rows use the probed neurons, text rows all`(
    share: Double, probeShare: Double
  ) {
    let probe = NeuronProbe(neuronShare: share, probeShare: probeShare)
    let chosen = probedNeurons(probe, rows: visual.indices.filter { visual[$0] >= 0 })
    let probed = output(probe)
    for row in visual.indices {
      let expected = reference(row, neurons: visual[row] >= 0 ? chosen : Array(0..<model.feedForwardWidth))
      #expect(largestDifference(probed.row(row), expected) < 1e-5, "row \(row)")
    }
  }

  @Test func `the control experiment reduces the text rows instead`() {
    let probe = NeuronProbe(neuronShare: 0.2, probeShare: 1, reducesText: true)
    let chosen = probedNeurons(probe, rows: visual.indices.filter { visual[$0] < 0 })
    let probed = output(probe)
    for row in visual.indices {
      let expected = reference(row, neurons: visual[row] < 0 ? chosen : Array(0..<model.feedForwardWidth))
      #expect(largestDifference(probed.row(row), expected) < 1e-5, "row \(row)")
    }
  }

  @Test func `the choice follows the mean magnitude over the probe rows`() {
    let rows = visual.indices.filter { visual[$0] >= 0 }
    for probe in [NeuronProbe(neuronShare: 0.3), NeuronProbe(neuronShare: 0.3, probeShare: 0.5)] {
      #expect(
        feedForward.probedNeurons(probe, input, rows: rows, workers) == probedNeurons(probe, rows: rows))
    }
  }

  @Test func `probe rows are spread evenly, and only they choose`() {
    let rows = visual.indices.filter { visual[$0] >= 0 }
    let probe = NeuronProbe(neuronShare: 0.3, probeShare: 0.25)  // 3 of 12: places 0, 4, 8
    let before = feedForward.probedNeurons(probe, input, rows: rows, workers)
    let others = input.copy()
    for (place, row) in rows.enumerated() where ![0, 4, 8].contains(place) {
      others.withRow(row) { $0.update(repeating: 9) }
    }
    #expect(feedForward.probedNeurons(probe, others, rows: rows, workers) == before)
    let probed = input.copy()
    probed.withRow(rows[4]) { $0.update(repeating: 9) }
    #expect(feedForward.probedNeurons(probe, probed, rows: rows, workers) != before)
  }

  @Test(arguments: [40, 96, 100], [RandomWeights.Storage.float32, .bfloat16])
  func `visual rows use the leading neurons, in place or gathered`(
    width: Int, storage: RandomWeights.Storage
  ) throws {
    var wide = model
    wide.feedForwardWidth = width
    let layer = try FeedForward(wide, layer: 1, weights: RandomWeights(seed: 3, storage: storage))
    let output = MatrixView(rows: input.rows, columns: model.width)
    let rows = TokenRows(
      hidden: output, positions: (0..<input.rows).map { RotaryPosition($0) }, visualIndices: visual)
    let scratch = MatrixView(rows: input.rows, columns: 2 * width)
    layer.forward(rows, input: input, .leading(share: 0.4), into: output, scratch: scratch, workers)

    // The same with probing, where the others are dead.
    var dead = RandomWeights(seed: 3, storage: storage)
    dead.deadNeurons = 32
    let alive = try FeedForward(wide, layer: 1, weights: dead)
    for run in rows.visualRuns {
      let expected = MatrixView(rows: run.count, columns: model.width)
      alive.forward(input[rows: run], into: expected, scratch: scratch[rows: 0..<run.count], workers)
      #expect(largestDifference(output[rows: run].elements, expected.elements) < 1e-5)
    }
    for run in rows.textRuns {
      let expected = MatrixView(rows: run.count, columns: model.width)
      layer.forward(input[rows: run], into: expected, scratch: scratch[rows: 0..<run.count], workers)
      #expect(largestDifference(output[rows: run].elements, expected.elements) < 1e-5)
    }
  }

  @Test func `leading neurons come in whole blocks, at least one, at most all`() {
    for (share, total, expected) in [
      (0.2, 5632, 1120), (1e-9, 5632, 32), (1, 5632, 5632), (0.5, 40, 32), (0.9, 40, 32), (1, 40, 32),
      (0.5, 20, 20),
    ] {
      #expect(NeuronReduction.leadingCount(share: share, of: total) == expected)
    }
  }

  @Test func `without visual rows nothing is reduced`() {
    let text = Array(repeating: Int32(-1), count: visual.count)
    let probed = output(NeuronProbe(neuronShare: 0.2), visual: text)
    #expect(largestDifference(probed.elements, full().elements) < 1e-5)
  }

  @Test func `at least one neuron and one row, at most all`() {
    for share in [1e-9, 0.2, 0.5, 1, 2] {
      let probe = NeuronProbe(neuronShare: share, probeShare: share)
      for total in [1, 2, 5, 40] {
        #expect((1...total).contains(probe.neurons(of: total)))
        #expect((1...total).contains(probe.probeRows(of: total)))
      }
    }
    #expect(NeuronProbe(neuronShare: 0.2).neurons(of: 11_008) == 2202)
    #expect(NeuronProbe(neuronShare: 0.2).probeRows(of: 576) == 57)
    #expect(NeuronProbe(neuronShare: 0.2).probeRows(of: 9) == 1)
  }

  // MARK: The plain definition

  private var input: MatrixView { randomMatrix(visual.count, model.width, seed: 21) }

  private func output(_ probe: NeuronProbe, visual: [Int32]? = nil) -> MatrixView {
    let output = MatrixView(rows: input.rows, columns: model.width)
    let rows = TokenRows(
      hidden: output, positions: (0..<input.rows).map { RotaryPosition($0) },
      visualIndices: visual ?? self.visual)
    feedForward.forward(
      rows, input: input, .probed(probe), into: output,
      scratch: workspace.neurons(input.rows, of: feedForward.neurons), workers)
    return output
  }

  private func full() -> MatrixView {
    let output = MatrixView(rows: input.rows, columns: model.width)
    let scratch = MatrixView(rows: input.rows, columns: 2 * model.feedForwardWidth)
    feedForward.forward(input, into: output, scratch: scratch, workers)
    return output
  }

  private func activation(_ row: Int, _ neuron: Int) -> Double {
    let x = input.row(row).map(Double.init)
    let weights = MatrixView(rows: 2, columns: model.width)
    feedForward.gateUp.copyRow(neuron, into: weights, row: 0)
    feedForward.gateUp.copyRow(model.feedForwardWidth + neuron, into: weights, row: 1)
    let gate = zip(x, weights.row(0)).reduce(0) { $0 + $1.0 * Double($1.1) }
    let up = zip(x, weights.row(1)).reduce(0) { $0 + $1.0 * Double($1.1) }
    return gate / (1 + exp(-gate)) * up
  }

  private func probedNeurons(_ probe: NeuronProbe, rows: [Int]) -> [Int] {
    let count = max(1, Int(Double(rows.count) * probe.probeShare))
    let probes = (0..<count).map { rows[$0 * rows.count / count] }
    let scores = (0..<model.feedForwardWidth).map { neuron in
      probes.reduce(0.0) { $0 + abs(activation($1, neuron)) } / Double(count)
    }
    let kept = max(1, Int((probe.neuronShare * Double(scores.count)).rounded()))
    return Array(scores.indices.sorted { scores[$0] > scores[$1] }.prefix(kept)).sorted()
  }

  private func reference(_ row: Int, neurons: [Int]) -> [Float] {
    var sums = Array(repeating: 0.0, count: model.width)
    let weights = MatrixView(rows: 1, columns: model.width)
    for neuron in neurons {
      feedForward.down.copyRow(neuron, into: weights, row: 0)
      let active = activation(row, neuron)
      for column in sums.indices { sums[column] += active * Double(weights[0, column]) }
    }
    return sums.map { Float($0) }
  }
}
