import Foundation
import HDF5
import HDF5Subset
import Output

/// What one of several jobs found of a calibration, as a file: an HDF5 file with the state as text.
public struct CalibrationShard: Codable {
  /// Number of the job, from 1.
  public var number: Int
  /// Number of jobs.
  public var count: Int
  /// What was found.
  public var state: CalibrationState

  /// Creates a shard.
  public init(number: Int, count: Int, state: CalibrationState) {
    self.number = number
    self.count = count
    self.state = state
  }

  private static let format = "espalier.shard"
  private static let version = 1

  /// Writes the file, whole or not at all.
  public func write(to path: String) throws {
    let file = try AtomicFile(for: path)
    do {
      let made = try File.create(file.path)
      var root: Group? = try made.root()
      try root?.writeAttribute("format", Self.format)
      try root?.writeAttribute("version", Int64(Self.version))
      try root?.createDataset("state", Array(SavedState.encoder.encode(self)))
      root = nil
      try made.flush()
      try made.close()
      try file.publish()
    } catch {
      file.discard()
      if let error = error as? OutputError { throw error }
      throw CalibrationError("\(path): cannot be written: \(error)")
    }
  }

  /// Reads a file that `write` made, in memory-safe code: what libhdf5 makes of a damaged one is nobody's business.
  public init(contentsOf path: String) throws {
    func flawed(_ reason: String) -> CalibrationError { CalibrationError("\(path): \(reason)") }
    guard let file = FileManager.default.contents(atPath: path) else { throw flawed("cannot be read") }
    let state: Data = try file.withUnsafeBytes { bytes in
      do {
        let reader = try SubsetReader(bytes)
        let format = try reader.rootAttributes().first { $0.name == "format" }
        guard format?.bytes.prefix(Self.format.utf8.count).elementsEqual(Self.format.utf8) == true else {
          throw flawed("is no shard of a calibration")
        }
        let found = try reader.objects().first { $0.path == "/state" }?.elements
        guard let found, found.type == .uint8 else { throw flawed("has no /state of a calibration") }
        return Data(bytes[found.range])
      } catch let error as SubsetError { throw flawed("\(error.object): \(error.reason)") }
    }
    guard let shard = try? SavedState.decoder.decode(CalibrationShard.self, from: state),
      (1...Self.limit).contains(shard.count), (1...shard.count).contains(shard.number)
    else { throw flawed("/state cannot be read as that of a shard of this version") }
    self = shard
  }

  /// Most shards of a calibration.
  public static let limit = 4096

  /// What all shards found together, as the unfinished state of a calibration for an output.
  ///
  /// Throws unless they are all of the shards of one calibration.
  public static func merge(_ paths: [String], into statePath: String) throws -> Int {
    let shards = try paths.map { (path: $0, shard: try CalibrationShard(contentsOf: $0)) }
    guard let first = shards.first else { throw CalibrationError("there are no shards to merge") }
    for (path, shard) in shards {
      if let difference = shard.state.key.difference(from: first.shard.state.key) {
        throw CalibrationError("\(path): \(difference), as \(first.path) was")
      }
      guard shard.count == first.shard.count else {
        throw CalibrationError(
          "\(path): is one of \(shard.count) shards, \(first.path) one of \(first.shard.count)")
      }
    }
    for number in 1...first.shard.count {
      let own = shards.filter { $0.shard.number == number }
      if own.isEmpty { throw CalibrationError("shard \(number) of \(first.shard.count) is missing") }
      if own.count > 1 { throw CalibrationError("\(own[1].path): is shard \(number), as \(own[0].path) is") }
    }
    let ordered = shards.map(\.shard).sorted { $0.number < $1.number }
    try CalibrationState(merging: ordered.map(\.state)).save(statePath)
    return ordered.count
  }
}
