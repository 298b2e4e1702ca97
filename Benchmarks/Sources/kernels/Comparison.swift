import Foundation

/// A ratio beside the stored one of the same thing.
struct Comparison {
  /// Nil where nothing was stored.
  private let change: Double?

  init(_ now: Ratio, before: [Ratio]) {
    change = before.first { $0.matches(now) }.map { now.ratio / $0.ratio - 1 }
  }

  var hasFallen: Bool { change.map { $0 < -0.05 } ?? false }

  /// What follows the ratio in its line.
  var text: String {
    guard let change else { return " not stored" }
    return String(format: " %+6.1f %%", 100 * change) + (hasFallen ? "  slower" : "")
  }
}
