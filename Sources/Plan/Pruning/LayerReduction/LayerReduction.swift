/// Layer reduction (RedundancyLens, arXiv 2501.19036): FFNs with fewer neurons and hollow attention for visual rows of
/// chosen layers.
public struct LayerReduction: Equatable, Sendable {
  /// Layers whose FFN uses some of its neurons for visual rows.
  public var feedForwardLayers: [Int]
  /// Layers whose attention is hollow for visual queries.
  public var attentionLayers: [Int]
  /// Which neurons those are.
  public var neurons: NeuronSelection
  /// Share `K` of the neurons that stay, in (0, 1].
  public var neuronShare: Double
  /// `probed`: probe rows as a share of the visual rows; at least one row is probed.
  public var probeShare: Double
  /// `R`: a visual query sees this many visual keys before and with itself.
  public var attentionWindow: Int

  /// Creates reduction settings with the paper's share and window.
  public init(
    feedForwardLayers: [Int] = [], attentionLayers: [Int] = [], neurons: NeuronSelection = .probed,
    neuronShare: Double = 0.2, probeShare: Double = 0.1, attentionWindow: Int = 256
  ) {
    self.feedForwardLayers = feedForwardLayers
    self.attentionLayers = attentionLayers
    self.neurons = neurons
    self.neuronShare = neuronShare
    self.probeShare = probeShare
    self.attentionWindow = attentionWindow
  }

  /// How the neurons of visual rows are chosen.
  public enum NeuronSelection: String, CaseIterable, Sendable {
    /// By probe rows of each image (the paper).
    case probed
    /// The first ones in the order that calibration gave them: no probe, nothing gathered.
    case leading
  }
}
