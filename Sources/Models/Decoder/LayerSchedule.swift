/// What one decoder layer does differently from dense. The value with nothing set is the dense layer.
public struct LayerSchedule: Equatable, Sendable {
  /// FFN neurons of the reduced rows; `nil` for all neurons on all rows.
  public var probe: NeuronProbe?
  /// Visual keys that a visual query sees, itself included; `nil` for causal attention.
  public var attentionWindow: Int?

  /// A schedule; without arguments, the dense one.
  public init(probe: NeuronProbe? = nil, attentionWindow: Int? = nil) {
    self.probe = probe
    self.attentionWindow = attentionWindow
  }

  /// Every neuron, causal attention.
  public static let dense = LayerSchedule()
}

/// RedundancyLens' probe-activated dynamic FFN (section 2 of the methods).
public struct NeuronProbe: Equatable, Sendable {
  /// Share `K` of the neurons that stay.
  public var neuronShare: Double
  /// Probe rows as a share of the reduced rows.
  public var probeShare: Double
  /// Which rows are reduced: the visual ones, or, as a control experiment, the text ones.
  public var reducesText: Bool

  /// Creates a probe.
  public init(neuronShare: Double, probeShare: Double = 0.1, reducesText: Bool = false) {
    self.neuronShare = neuronShare
    self.probeShare = probeShare
    self.reducesText = reducesText
  }

  /// Neurons that stay of `total`, at least one.
  public func neurons(of total: Int) -> Int {
    max(1, min(total, Int((neuronShare * Double(total)).rounded())))
  }

  /// Probe rows for `rows` reduced rows: `max(1, rows * probeShare)`, evenly spaced.
  public func probeRows(of rows: Int) -> Int { max(1, min(rows, Int(Double(rows) * probeShare))) }
}
