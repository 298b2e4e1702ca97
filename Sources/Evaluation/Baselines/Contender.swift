public import Plan

/// Something to measure: settings, what is done to the picture first, and what it is a baseline of.
public struct Contender: Sendable {
  /// Name and settings.
  public var point: OperatingPoint
  /// What becomes of the picture before it is encoded.
  public var input: PictureInput
  /// What of the picture enters the prompt.
  public var view: PictureView { PictureView(input: input, settings: point.settings.picture) }
  /// The baseline this is a run of, if it is one.
  public var baseline: Baseline?
  /// Name of the point that the baseline is compared with.
  public var opponent: String?

  /// A point as it is, or a run of a baseline.
  public init(
    point: OperatingPoint, input: PictureInput = .whole, baseline: Baseline? = nil, opponent: String? = nil
  ) {
    self.point = point
    self.input = input
    self.baseline = baseline
    self.opponent = opponent
  }
}

extension Contender {
  /// Everything an evaluation runs: the points as they come, then the baselines of all but the first, which is dense and
  /// the one whose picture can be left out. `resolutions` are those that pictures can be prepared at, beside the whole one.
  public static func all(
    points: [OperatingPoint], baselines: [Baseline], text: TextModel, resolutions: [Resolution] = []
  ) -> [Contender] {
    let besides = points.dropFirst().flatMap { point in
      baselines.filter { $0 != .noImage }.flatMap { $0.contenders(to: point, text) }
    }
    let without = baselines.contains(.noImage) ? points.prefix(1) : []
    let pixels = baselines.contains(.fewestPixels) && points.count > 1 ? resolutions : []
    return points.map { Contender(point: $0) } + besides + pixels.map { Contender($0) }
      + without.flatMap { Baseline.noImage.contenders(to: $0, text) }
  }
}

extension Contender {
  /// Nothing but fewer pixels.
  private init(_ resolution: Resolution) {
    let settings = PruningSettings(picture: PictureSettings(resolution: resolution))
    self.init(
      point: OperatingPoint(name: "\(resolution.measure.rawValue) \(resolution.limit)", settings: settings),
      baseline: .fewestPixels)
  }
}

/// What becomes of a picture before it is encoded.
public enum PictureInput: Hashable, Sendable {
  /// It stays as it is.
  case whole
  /// It keeps this share of the pixels that the tower would see.
  case reduced(share: Double)
  /// It is left out.
  case none
}
