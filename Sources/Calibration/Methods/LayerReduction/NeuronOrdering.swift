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
  /// What progress calls the stage.
  static let title = "neuron order"

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
  ///
  /// - Parameters:
  ///   - weightsDigest: tells the plan whose neurons lie as they do now.
  ///   - statePath: the state of a calibration to go on from, where there is one: what it has is not found again.
  public func order(
    _ set: SampleSet, weightsDigest: String, share: SampleShare, statePath: String? = nil,
    reporter: any ProgressReporter
  ) throws -> CalibrationState.Ordering {
    // The first rank alone knows the file.
    let known = try share.onFirst {
      try [CalibrationState.order(statePath, ofWeights: weightsDigest)].compactMap { $0 }
    }
    return CalibrationState.Ordering(
      weights: weightsDigest, order: try known.first ?? order(set, share: share, reporter: reporter))
  }

  private func order(
    _ set: SampleSet, share: SampleShare, reporter: any ProgressReporter
  ) throws -> NeuronOrder {
    let chosen = set.spread(options.limit)
    reporter.begin(Self.title, total: chosen.samples.count)
    let (text, vision) = (context.model.text, context.model.description.vision)
    var decoder = NeuronShares((0..<text.layers).map(text.feedForwardWidth(of:)))
    var tower = NeuronShares(Array(repeating: vision.feedForwardWidth, count: vision.layers))
    let pool = SamplePool(chosen.samples, context, maxTokens: 1, share: share.beforeShards)
    let ordersTower = NeuronOrdering.appliesToTower(of: context.model.contents)
    var seen: Set<[String]> = []
    let showsTower = (0..<pool.count).map { seen.insert(pool.question($0).images).inserted && ordersTower }
    try pool.fold(0..<pool.count, reporter: reporter) { place in
      try magnitudes(of: pool.question(place), tower: showsTower[place])
    } take: { found in
      for (layer, magnitudes) in found.decoder.enumerated() { decoder.add(magnitudes.values, of: layer) }
      for picture in found.tower {
        for (layer, magnitudes) in picture.enumerated() { tower.add(magnitudes.values, of: layer) }
      }
    }
    reporter.end("\(chosen.samples.count) samples")
    return NeuronOrder(decoder: decoder.order, tower: tower.order)
  }

  /// Magnitudes of the neurons, by layer.
  struct Magnitudes: Codable {
    var decoder: [PackedFloats]
    /// Of each picture.
    var tower: [[PackedFloats]] = []
  }

  func magnitudes(of sample: Sample, tower: Bool) throws -> Magnitudes {
    var observer = NeuronObserver(context: context, rows: Self.rows)
    let prompt = try SampleRunner(context, maxTokens: 1).prompt(sample)
    _ = try context.prefill(
      prompt, schedule: Schedule(layers: context.model.text.layers), observer: &observer)
    var found = Magnitudes(decoder: observer.magnitudes)
    if tower {
      found.tower = try sample.images.map { path in
        let picture = try context.model.prepareImage(at: path, among: sample.images.count)
        return context.towerNeuronMagnitudes(of: picture).map(PackedFloats.init)
      }
    }
    return found
  }
}

/// Adds up each neuron's share of its layer's magnitudes.
private struct NeuronShares {
  private var shares: [[Double]]  // [L x m]

  /// Shares of so many neurons in each layer.
  init(_ neurons: [Int]) { shares = neurons.map { Array(repeating: 0, count: $0) } }

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

/// Takes down the magnitudes of the decoder's neurons on visual rows.
private struct NeuronObserver: Observer {
  let context: Context
  let rows: Int
  var magnitudes: [PackedFloats] = []

  init(context: Context, rows: Int) {
    self.context = context
    self.rows = rows
  }

  mutating func didRun(layer: Int, rows all: TokenRows, normed: MatrixView) {
    let visual = all.visualRows
    let places = visual.spread(rows)
    magnitudes.append(
      PackedFloats(
        visual.isEmpty ? [] : context.neuronMagnitudes(layer: layer, of: places, input: normed)))
  }
}
