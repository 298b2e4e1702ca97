/// The settings of one pruning method, as everything that goes over all methods sees them.
///
/// What a method does to counts of work, how a file holds it, or the words it has for people, are further protocols in the
/// modules above.
public protocol PruningMethod: Equatable, Sendable {
  /// Name of the method in files and JSON: of its attributes' prefix and of its group under `/calibration`.
  static var name: String { get }
}

extension PruningSettings {
  /// The methods in use, in the order in which they act.
  public var used: [any PruningMethod] { usedMethods }
}
