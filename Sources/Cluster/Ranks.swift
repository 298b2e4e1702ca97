/// The processes that work on one calibration together, of which this is one.
public protocol Ranks: AnyObject {
  /// Number of processes, at least 1.
  var count: Int { get }
  /// This process's number, from 0.
  var own: Int { get }
  /// Numbers of the processes on this machine, ascending, this one among them.
  var neighbours: [Int] { get }
  /// Gives bytes to all, and returns what each process gave, by number.
  ///
  /// All processes call this equally often. It returns when all have given, and throws when another is not heard of for
  /// too long. After an error nothing more can be gathered.
  func gather(_ bytes: [UInt8]) throws(ClusterError) -> [[UInt8]]
  /// Says that this process is at work, and looks whether the others are.
  ///
  /// Cheap, and called at every step of the work. Throws when another is not heard of for too long.
  func beat() throws(ClusterError)
}

extension Ranks {
  /// Gives a text to all, and returns what each process gave, by number. See `gather(_:)` for bytes.
  public func gather(_ text: String) throws(ClusterError) -> [String] {
    try gather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }
}
