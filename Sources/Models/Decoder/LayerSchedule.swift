/// What one decoder layer does differently from dense. The value with nothing set is the dense layer.
public struct LayerSchedule: Equatable, Sendable {
  /// FFN neurons of the reduced rows; `nil` for all neurons on all rows.
  public var neurons: NeuronReduction?
  /// Visual keys that a visual query sees, itself included; `nil` for causal attention.
  public var attentionWindow: Int?

  /// A schedule; without arguments, the dense one.
  public init(neurons: NeuronReduction? = nil, attentionWindow: Int? = nil) {
    self.neurons = neurons
    self.attentionWindow = attentionWindow
  }

  /// Every neuron, causal attention.
  public static let dense = LayerSchedule()
}

/// Which neurons the reduced rows of an FFN use.
public enum NeuronReduction: Equatable, Sendable {
  /// Those that probe rows of this very input find strongest.
  case probed(NeuronProbe)
  /// The first ones, of visual rows: calibration has put those first that are strongest on its images.
  case leading(share: Double)

  /// Whether text rows are reduced instead of visual ones: a control experiment.
  var reducesText: Bool {
    if case .probed(let probe) = self { probe.reducesText } else { false }
  }

  /// Neurons of `total` that the reduced rows use.
  public func neurons(of total: Int) -> Int {
    switch self {
    case .probed(let probe): probe.neurons(of: total)
    case .leading(let share): Self.leadingCount(share: share, of: total)
    }
  }

  /// Neurons come in blocks of which panels of 16 outputs and groups of 32 inputs are multiples.
  static let unit = 32

  /// Leading neurons of `total`: whole blocks, at least one, or all.
  public static func leadingCount(share: Double, of total: Int) -> Int {
    min(total, max(1, Int((share * Double(total) / Double(unit)).rounded())) * unit)
  }
}

/// Neurons found by probe rows of each input (section 2 of the methods).
public struct NeuronProbe: Equatable, Sendable {
  /// Share `K` of the neurons that stay.
  public var neuronShare: Double
  /// Probe rows as a share of the reduced rows.
  public var probeShare: Double
  /// Which rows are reduced: the visual ones, or, as a control experiment, the text ones.
  public var reducesText: Bool

  /// The paper's number of probe rows.
  public static let standardShare = 0.1

  /// Creates a probe.
  public init(neuronShare: Double, probeShare: Double = standardShare, reducesText: Bool = false) {
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
