import Compute
public import Evaluation
public import Inference
import Models
public import Plan

/// Finds the order in which the neurons of each FFN should lie: the strongest on visual tokens first.
///
/// A reduced layer can then use the first neurons for every image, where they lie: nothing is probed, nothing gathered
/// and any share of them is at hand. How much that harms is measured like everything else.
public struct NeuronOrdering {
  private let context: Context
  private let options: CalibrationOptions

  /// Visual rows of a sample whose activations are looked at.
  private static let rows = 128

  /// An ordering by what a context's model does.
  public init(_ context: Context, options: CalibrationOptions) {
    self.context = context
    self.options = options
  }

  /// Whether neurons of such a plan can change places without rounding anything again: 4-bit inputs share scales
  /// with their neighbours.
  public static func applies(to contents: PlanContents) -> Bool {
    contents.model.weights.allSatisfy { !$0.isNeuronMajor || contents.format(of: $0) != .int4 }
  }

  /// Neurons of each layer, strongest first, by their share of the magnitudes on visual rows, mean over the samples.
  public func order(_ set: SampleSet, reporter: any ProgressReporter) throws -> [[Int]] {
    let chosen = set.spread(options.limit)
    let runner = SampleRunner(context, maxTokens: 1)
    reporter.begin("neuron order", total: chosen.samples.count)
    var observer = NeuronObserver(context: context, rows: Self.rows)
    for sample in chosen.samples {
      let prompt = try runner.prompt(sample)
      _ = try context.prefill(
        prompt, schedule: Schedule(layers: observer.shares.count), observer: &observer)
      try reporter.advance(by: 1)
    }
    reporter.end("\(chosen.samples.count) samples")
    return observer.shares.map { shares in
      shares.indices.sorted { shares[$0] == shares[$1] ? $0 < $1 : shares[$0] > shares[$1] }
    }
  }
}

/// Adds up each neuron's share of its layer's magnitudes.
private struct NeuronObserver: Observer {
  let context: Context
  let rows: Int
  var shares: [[Double]]  // [L x m]

  init(context: Context, rows: Int) {
    self.context = context
    self.rows = rows
    let text = context.model.text
    shares = Array(repeating: Array(repeating: 0, count: text.feedForwardWidth), count: text.layers)
  }

  mutating func didRun(layer: Int, rows all: TokenRows, normed: MatrixView) {
    let visual = all.visualRows
    guard !visual.isEmpty else { return }
    let count = min(rows, visual.count)
    let places = (0..<count).map { visual[$0 * visual.count / count] }
    let magnitudes = context.neuronMagnitudes(layer: layer, of: places, input: normed)
    let sum = magnitudes.reduce(0.0) { $0 + Double($1) }
    guard sum > 0, sum.isFinite else { return }
    for (neuron, magnitude) in magnitudes.enumerated() { shares[layer][neuron] += Double(magnitude) / sum }
  }
}
