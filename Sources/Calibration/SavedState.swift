import Foundation
import Output

/// The file beside an output in which unfinished work keeps what it has found.
enum SavedState {
  /// The state at a path; `nil` where none is.
  static func read<State: Decodable>(_ path: String, _ work: String) throws -> State? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path),
      let state = try? decoder.decode(State.self, from: data)
    else { throw unfit(path, "cannot be read as the state of a \(work)") }
    return state
  }

  /// Saves a state at once or not at all.
  static func write(_ state: some Encodable, to path: String, _ work: String) throws {
    do { try AtomicFile.write(Array(encoder.encode(state)), to: path) } catch {
      // The path is said once.
      let reason = (error as? OutputError)?.reason ?? "\(error)"
      throw CalibrationError("\(path): the state of the \(work) cannot be saved: \(reason)")
    }
  }

  /// The error about a state that is of no use for what is asked.
  static func unfit(_ path: String, _ reason: String) -> CalibrationError {
    CalibrationError("\(path): \(reason): --restart drops it")
  }

  // A table may hold NaN (no long answer in the set), which plain JSON lacks.
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}

/// What differs of two values of an option, in the words of the command line; `nil` where they are the same.
func difference<Value: Equatable>(_ option: String, _ mine: Value, _ its: Value, _ text: (Value) -> String)
  -> String?
{
  mine == its ? nil : "\(option) \(text(mine)), not \(text(its))"
}

/// Work that cannot go on, in one line.
public struct CalibrationError: Error, Equatable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}
