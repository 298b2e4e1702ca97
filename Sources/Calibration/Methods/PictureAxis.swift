import Plan

/// A method that acts on pictures as one axis of tuning: its calibrated candidates from none to the boldest that is
/// bearable.
///
/// A step along the axis saves more and harms more: candidates that another one beats in both are left out.
struct PictureAxis<Settings: CandidateSettings>: MethodAxes {
  private let steps: [Settings]
  private let isSeeded: Bool

  /// Most steps of an axis.
  private static var limit: Int { 6 }

  /// - Parameters:
  ///   - isSeeded: whether a search begins with and without the method together with all others.
  ///   - cost: what of a first token a candidate takes, as a share of dense.
  init(
    _ profile: HarmProfile<Settings>, isSeeded: Bool,
    cost: (HarmProfile<Settings>.Candidate) -> Double = { $0.tokenShare + $0.towerShare }
  ) {
    let front = profile.front(upTo: HopelessHarm.divergence) { cost($0) / 2 }.map(\.settings)
    steps =
      front.count <= Self.limit
      ? front : (0..<Self.limit).map { front[$0 * (front.count - 1) / (Self.limit - 1)] }
    self.isSeeded = isSeeded
  }

  var axes: [SettingsAxis] { [SettingsAxis(count: steps.count + 1)] }
  var seeds: [[Int]] { isSeeded && !steps.isEmpty ? [[0], [(steps.count + 1) / 2]] : [[0]] }
  var extraSeeds: [[Int]] {
    switch steps.count {
    case 0: []
    case 1: [[1]]
    default: [[(steps.count + 1) / 2], [steps.count]]
    }
  }

  func apply(_ place: ArraySlice<Int>, to settings: inout PruningSettings) {
    guard let step = place.first, step > 0 else { return }
    settings.picture[keyPath: Settings.place] = steps[step - 1]
  }
}
