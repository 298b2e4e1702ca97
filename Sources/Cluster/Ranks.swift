/// The processes that work on one calibration together, of which this is one.
public protocol Ranks: AnyObject {
  /// Number of processes, at least 1.
  var count: Int { get }
  /// This process's number, from 0.
  var own: Int { get }
  /// Numbers of the processes on this machine, ascending, this one among them.
  var neighbours: [Int] { get }
  /// What each process gave, by number. All processes call this equally often; it returns when all have given.
  ///
  /// Throws when another is not heard of for too long.
  func gather(_ bytes: [UInt8]) throws(ClusterError) -> [[UInt8]]
  /// Says that this process is at work, and looks whether the others are. Cheap; called at every step of the work.
  func beat() throws(ClusterError)
}
