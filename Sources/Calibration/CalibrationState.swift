import Foundation
import Output
import Plan

/// What a calibration has found so far, saved beside its output as its stages go, so that a killed run goes on where it
/// was.
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
  /// States of the stages by their names, each in its stage's own form.
  private var stages: [String: Data] = [:]

  init(key: Key) { self.key = key }

  /// What a stage has found so far, if anything.
  func stage<Stage: CalibrationStage>(_ stage: Stage.Type) throws -> Stage.State? {
    try stages[Stage.name].map { try Self.decoder.decode(Stage.State.self, from: $0) }
  }

  /// Takes in what a stage has found.
  mutating func set<Stage: CalibrationStage>(_ stage: Stage.Type, to state: Stage.State) throws {
    stages[Stage.name] = try Self.encoder.encode(state)
  }

  /// The state saved at `path`, or a fresh one where none is. One that cannot be read, or belongs to another
  /// calibration, is an error that says what differs.
  static func load(_ path: String?, key: Key) throws -> CalibrationState {
    guard let path, let state = try read(path) else { return CalibrationState(key: key) }
    if let difference = state.key.difference(from: key) { throw unfit(path, difference) }
    return state
  }

  /// Throws when the state saved at a path is of other samples or options, where one is.
  public static func check(_ path: String, samples: String, options: CalibrationOptions) throws {
    guard let state = try read(path) else { return }
    let key = Key(weights: state.key.weights, samples: samples, options: options)
    if let difference = state.key.difference(from: key) { throw unfit(path, difference) }
  }

  private static func read(_ path: String) throws -> CalibrationState? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path),
      let state = try? decoder.decode(CalibrationState.self, from: data)
    else { throw unfit(path, "cannot be read as the state of a calibration") }
    return state
  }

  private static func unfit(_ path: String, _ reason: String) -> CalibrationError {
    CalibrationError("\(path): \(reason): --restart drops it")
  }

  /// Saves the state at once or not at all.
  func save(_ path: String?) throws {
    guard let path else { return }
    do { try AtomicFile.write(Array(Self.encoder.encode(self)), to: path) } catch {
      throw CalibrationError("\(path): the state of the calibration cannot be saved: \(error)")
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

extension CalibrationState.Key {
  /// How this is not `other`, in the words of the command line; `nil` where they are the same.
  fileprivate func difference(from other: Self) -> String? {
    if let difference = options.difference(from: other.options) { return "was made with \(difference)" }
    if samples != other.samples { return "was made with another set" }
    return weights == other.weights ? nil : "was made of another plan"
  }
}

extension CalibrationOptions {
  fileprivate func difference(from other: Self) -> String? {
    func differing<Value: Equatable>(_ name: String, _ key: KeyPath<Self, Value>, _ text: (Value) -> String)
      -> String?
    {
      let (mine, its) = (self[keyPath: key], other[keyPath: key])
      return mine == its ? nil : "\(name) \(text(mine)), not \(text(its))"
    }
    return differing("--limit", \.limit) { "\($0 ?? 0)" }
      ?? differing("--ranking-limit", \.rankingLimit) { "\($0)" }
      ?? differing("--seed", \.seed) { "\($0)" }
      ?? differing("--prior-layers", \.priorLayers) { "\($0)" }
      ?? differing("--window", \.attentionWindow) { $0.map { "\($0)" } ?? "left to the model" }
      ?? (self == other ? nil : "other candidates")
  }
}
