import ArgumentParser

/// Ranges of numbers on a command line, so that none is taken that makes no sense.
enum OptionRange {
  /// Tokens of an answer, or of a prompt.
  static let tokens = 1...1_000_000
  /// Samples of a set.
  static let samples = 1...1_000_000_000
  /// Layers of a decoder.
  static let layers = 0...10_000
  /// Runs of anything.
  static let runs = 1...100_000

  /// Throws a usage error when a number is outside its range; a number that is not given is fine.
  static func check(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
    if let value, !range.contains(value) {
      throw ValidationError("--\(name) must be within \(range.lowerBound) ... \(range.upperBound).")
    }
  }
}
