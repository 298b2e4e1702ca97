import Compute
public import Evaluation
public import Inference
import Models
public import Plan

/// Finds the order in which the neurons of each FFN should lie: the strongest on visual tokens first, in the decoder and in
/// the tower.
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

  /// The same of the tower's neurons.
  public static func appliesToTower(of contents: PlanContents) -> Bool {
    let downs = Set((0..<contents.model.vision.layers).map { VisionModel.layerWeight($0, "down") })
    return contents.model.weights.allSatisfy { !downs.contains($0.name) || contents.format(of: $0) != .int4 }
  }

  /// Neurons of each layer, strongest first, by their share of the magnitudes on visual rows, mean over the samples.
  public func order(_ set: SampleSet, reporter: any ProgressReporter) throws -> NeuronOrder {
    let chosen = set.spread(options.limit)
    let runner = SampleRunner(context, maxTokens: 1)
    reporter.begin("neuron order", total: chosen.samples.count)
    var observer = NeuronObserver(context: context, rows: Self.rows)
    let vision = context.model.description.vision
    let ordersTower = Self.appliesToTower(of: context.model.contents)
    var tower = NeuronShares(layers: vision.layers, neurons: vision.feedForwardWidth)
    var lastImages: [String] = []
    for sample in chosen.samples {
      if ordersTower, sample.images != lastImages {
        for path in sample.images {
          let picture = try context.model.prepareImage(at: path, among: sample.images.count)
          for (layer, magnitudes) in context.towerNeuronMagnitudes(of: picture).enumerated() {
            tower.add(magnitudes, of: layer)
          }
        }
      }
      lastImages = sample.images
      let prompt = try runner.prompt(sample)
      _ = try context.prefill(
        prompt, schedule: Schedule(layers: context.model.text.layers), observer: &observer)
      try reporter.advance(by: 1)
    }
    reporter.end("\(chosen.samples.count) samples")
    return NeuronOrder(decoder: observer.shares.order, tower: tower.order)
  }
}

/// Adds up each neuron's share of its layer's magnitudes.
private struct NeuronShares {
  private var shares: [[Double]]  // [L x m]

  init(layers: Int, neurons: Int) {
    shares = Array(repeating: Array(repeating: 0, count: neurons), count: layers)
  }

  mutating func add(_ magnitudes: [Float], of layer: Int) {
    let sum = magnitudes.reduce(0.0) { $0 + Double($1) }
    guard sum > 0, sum.isFinite else { return }
    for (neuron, magnitude) in magnitudes.enumerated() { shares[layer][neuron] += Double(magnitude) / sum }
  }

  /// Neurons of each layer, the strongest first; those that are equal, such as before anything is added, stay as they lie.
  var order: [[Int]] {
    shares.map { shares in
      shares.indices.sorted { shares[$0] == shares[$1] ? $0 < $1 : shares[$0] > shares[$1] }
    }
  }
}

/// Adds up the shares of the decoder's neurons on visual rows.
private struct NeuronObserver: Observer {
  let context: Context
  let rows: Int
  var shares: NeuronShares

  init(context: Context, rows: Int) {
    self.context = context
    self.rows = rows
    let text = context.model.text
    shares = NeuronShares(layers: text.layers, neurons: text.feedForwardWidth)
  }

  mutating func didRun(layer: Int, rows all: TokenRows, normed: MatrixView) {
    let visual = all.visualRows
    guard !visual.isEmpty else { return }
    let places = visual.spread(rows)
    shares.add(context.neuronMagnitudes(layer: layer, of: places, input: normed), of: layer)
  }
}
