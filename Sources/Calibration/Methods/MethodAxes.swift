import Plan

/// One thing that tuning may choose, as places 0, 1, ... on a line; 0 is what a method starts from.
struct SettingsAxis {
  /// Places on the axis.
  var count: Int
  /// Whether places are amounts, whose neighbours are a step away, rather than kinds, which are all neighbours.
  var isOrdered = true
  /// Number of the axis of the same method that this one means nothing without, when that one is at 0.
  var needs: Int?
}

/// What tuning may choose of one pruning method.
protocol MethodAxes {
  /// The axes.
  var axes: [SettingsAxis] { get }
  /// Places where a search begins, together with those of all other methods; the first leaves the method out.
  var seeds: [[Int]] { get }
  /// Places where a search begins with every other method left out, and that costs are measured at beside the seeds.
  var extraSeeds: [[Int]] { get }
  /// Sets what a place stands for.
  func apply(_ place: ArraySlice<Int>, to settings: inout PruningSettings)
  /// What the method's work grows with beside the operations of the decoder, for the cost model; always as many numbers.
  static func costFeatures(_ settings: PruningSettings, visual: Int) -> [Double]
}

extension MethodAxes {
  /// None by default.
  var extraSeeds: [[Int]] { [] }
  /// None by default.
  static func costFeatures(_ settings: PruningSettings, visual: Int) -> [Double] { [] }
}
