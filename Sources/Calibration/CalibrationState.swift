import Foundation
import PlanFormat

/// What a calibration has found so far, saved beside its output after every finished part, so that a killed run goes
/// on where it was.
public struct CalibrationState: Codable, Equatable {
  /// What the state belongs to; a state of anything else is of no use.
  public struct Key: Codable, Equatable {
    /// Digest of the plan's weights.
    public var weights: String
    /// Digest of the calibration samples.
    public var samples: String
    /// Options of the calibration.
    public var options: CalibrationOptions

    /// Creates a key.
    public init(weights: String, samples: String, options: CalibrationOptions) {
      self.weights = weights
      self.samples = samples
      self.options = options
    }
  }

  /// What the state belongs to.
  public var key: Key
  var topV: CostSearch?
  var plphp: RetentionProfile?
  var feedForward = LayerRankingSearch.Progress()
  var attention = LayerRankingSearch.Progress()
  var textRowDivergence: Double?

  init(key: Key) { self.key = key }

  /// The state saved at `path`, when there is one and it belongs to `key`; otherwise a fresh one.
  static func load(_ path: String?, key: Key) -> CalibrationState {
    guard let path, let data = FileManager.default.contents(atPath: path),
      let state = try? decoder.decode(CalibrationState.self, from: data), state.key == key
    else { return CalibrationState(key: key) }
    return state
  }

  /// Saves the state at once or not at all.
  func save(_ path: String?) throws {
    guard let path else { return }
    do {
      try Self.encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CalibrationError(
        "\(path): the state of the calibration cannot be saved: \(error.localizedDescription)")
    }
  }

  // A table may hold NaN (no long answer in the set), which plain JSON lacks.
  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}

/// A calibration that cannot go on, in one line.
public struct CalibrationError: Error, Equatable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}
