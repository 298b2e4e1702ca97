import Calibration
import Cluster

/// Ranks that learn at their next gathering when one of them was asked to end, or can go on no longer.
///
/// Without it the others would wait for whoever leaves, until the launcher ends them without a word.
final class TeamRanks: Ranks {
  /// What each rank says of itself behind the bytes that it gives.
  private struct Sign: OptionSet {
    let rawValue: UInt8
    /// It was asked to end, and so all of them are.
    static let interrupted = Sign(rawValue: 1)
    /// It will gather no more; the bytes are its reason.
    static let leaving = Sign(rawValue: 2)

    /// What is true of this process.
    static var own: Sign { Interruption.requested ? .interrupted : [] }
  }

  private let ranks: any Ranks
  /// Whether one of them has said that it leaves.
  private var hasParted = false
  /// Whether others are not heard of.
  private var isBroken = false

  /// The same processes.
  init(_ ranks: any Ranks) { self.ranks = ranks }

  var count: Int { ranks.count }
  var own: Int { ranks.own }
  var neighbours: [Int] { ranks.neighbours }

  func gather(_ bytes: [UInt8]) throws(ClusterError) -> [[UInt8]] {
    let (gathered, signs) = try exchange(bytes, .own)
    guard let rank = signs.firstIndex(where: { $0.contains(.leaving) }) else { return gathered }
    hasParted = true
    throw ClusterError("rank \(rank): \(String(decoding: gathered[rank], as: UTF8.self))")
  }

  func beat() throws(ClusterError) {
    do { try ranks.beat() } catch {
      isBroken = true
      throw error
    }
  }

  /// Waits until all have done their work.
  func meet() throws(ClusterError) { _ = try gather([]) }

  /// Lets all know what ends this rank's work, unless they do, and returns whether they know it.
  func part(_ error: any Error) -> Bool {
    if error is SharedFailure || hasParted { return true }
    if isBroken { return false }
    return (try? exchange(Array("\(error)".utf8), [.own, .leaving])) != nil
  }

  private func exchange(
    _ bytes: [UInt8], _ sign: Sign
  ) throws(ClusterError) -> (gathered: [[UInt8]], signs: [Sign]) {
    var gathered: [[UInt8]]
    do { gathered = try ranks.gather(bytes + [sign.rawValue]) } catch {
      isBroken = true
      throw error
    }
    let signs = gathered.indices.map { Sign(rawValue: gathered[$0].popLast() ?? 0) }
    if signs.contains(where: { $0.contains(.interrupted) }) { Interruption.request() }
    return (gathered, signs)
  }
}
