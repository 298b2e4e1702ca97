import Foundation

/// How near a kernel came to its limit: a line of a file of ratios.
struct Ratio: Codable {
  let processor, table, kernel, shape: String
  let threads: Int
  let limit: Limit
  /// The median of the rounds.
  let ratio: Double
  /// How fast it was, in billions of `unit`: for people, as other machines and hours differ.
  let rate: Double
  let unit: String

  /// Whether both are the same thing timed.
  func matches(_ other: Ratio) -> Bool {
    kernel == other.kernel && shape == other.shape && threads == other.threads && limit == other.limit
  }

  /// One line for people.
  var text: String {
    let name = "\(kernel) \(shape)".padding(toLength: 34, withPad: " ", startingAt: 0)
    let speed = String(format: "%9.2f %@", rate, unit).padding(toLength: 22, withPad: " ", startingAt: 0)
    let pool = String(format: threads == 1 ? "%3d thread " : "%3d threads", threads)
    return name + pool + speed + String(format: "%8.4f of ", ratio)
      + limit.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
  }
}
