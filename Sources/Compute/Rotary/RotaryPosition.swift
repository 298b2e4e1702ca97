/// Where a token stands for rotary embedding, one coordinate an axis.
///
/// Text has the same number on every axis; a visual token of a model with multi-axis positions (M-RoPE) has its frame,
/// row and column.
public struct RotaryPosition: Equatable, Sendable {
  /// The axis of text and of frames.
  public var temporal: Int32
  /// Rows of a picture.
  public var row: Int32
  /// Columns of a picture.
  public var column: Int32

  /// The same number on every axis.
  public init(_ position: Int) {
    temporal = Int32(position)
    row = temporal
    column = temporal
  }

  /// A position of its own on each axis.
  public init(temporal: Int, row: Int, column: Int) {
    self.temporal = Int32(temporal)
    self.row = Int32(row)
    self.column = Int32(column)
  }

  /// The largest of the coordinates.
  public var largest: Int { Int(max(temporal, row, column)) }
  var isUniform: Bool { temporal == row && row == column }

  subscript(axis: RotaryAxis) -> Int {
    switch axis {
    case .temporal: Int(temporal)
    case .row: Int(row)
    case .column: Int(column)
    }
  }
}

/// The coordinate that a pair of a head's elements is rotated by.
public enum RotaryAxis: Sendable {
  /// Text and frames.
  case temporal
  /// Rows of a picture.
  case row
  /// Columns of a picture.
  case column
}

/// How positions become angles.
public struct RotaryScheme: Equatable, Sendable {
  /// Angle per position of each pair `(i, i + pairs)`; pairs beyond the list are not rotated.
  public var frequencies: [Float]
  /// Axis of each pair; empty when all are rotated by the temporal one.
  public var axes: [RotaryAxis]
  /// Factor of cosines and sines (YaRN's attention factor).
  public var scale: Float
  /// How the frequencies change with the length of the sequence, if they do.
  public var growth: DynamicGrowth?

  /// Creates a scheme.
  public init(
    frequencies: [Float], axes: [RotaryAxis] = [], scale: Float = 1, growth: DynamicGrowth? = nil
  ) {
    precondition(axes.isEmpty || axes.count == frequencies.count)
    self.frequencies = frequencies
    self.axes = axes
    self.scale = scale
    self.growth = growth
  }

  /// Dynamic NTK: beyond the trained length the base grows with the sequence.
  public struct DynamicGrowth: Equatable, Sendable {
    /// Base of the frequencies.
    public var base: Double
    /// Scaling factor.
    public var factor: Double
    /// Length up to which the base stays as it is.
    public var trainedLength: Int

    /// Creates a growth rule.
    public init(base: Double, factor: Double, trainedLength: Int) {
      self.base = base
      self.factor = factor
      self.trainedLength = trainedLength
    }
  }
}
