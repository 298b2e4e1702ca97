import Foundation
import HDF5Subset
import SubsetChecks

/// Compares two readers of HDF5: `differential --mutants N --seed S`.
///
/// Headers of good files are changed at random, with right checksums. What this project's reader accepts, libhdf5 must
/// accept with the same contents. libhdf5 may crash on such files, so it reads them in a process of its own; a crash
/// counts as a refusal.
@main struct Differential {
  static func main() {
    do { try run() } catch {
      FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run() throws {
    let arguments = try Arguments(CommandLine.arguments)
    if arguments.isBenchmark { return try Benchmark.run(arguments.files) }
    if let samples = arguments.samples { return _ = try Mutants(seed: 0, folder: samples) }
    let folder = FileManager.default.temporaryDirectory.appending(path: "differential-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var mutants = try Mutants(seed: arguments.seed, folder: folder.path)
    if let list = arguments.worker { return try LibraryWorker.run(list, &mutants) }
    if let number = arguments.explained { return try explain(number, &mutants, folder.path) }
    let outcome = try Comparison.run(arguments, &mutants, folder)
    print(outcome)
    if !outcome.findings.isEmpty { throw Disagreement() }
  }

  /// Prints what both readers say of one mutant.
  private static func explain(_ number: Int, _ mutants: inout Mutants, _ folder: String) throws {
    try mutants.withMutant(number) { surgery in
      for change in surgery.changes { print("byte \(change.offset) is \(change.byte)") }
      for header in surgery.headers {
        for message in header.messages
        where surgery.changes.contains(where: { message.whole.contains($0.offset) }) {
          print(
            "in message \(message.type) of \(header.path) at \(message.start): \(surgery.bytes[message.whole])"
          )
        }
      }
      let path = "\(folder)/mutant.h5"
      try Data(surgery.bytes).write(to: URL(filePath: path))
      let ours = Result { try Mutants.read(surgery.bytes) }
      let theirs = Result {
        try LibraryWalk.objects(in: path, size: surgery.bytes.count, ignoring: Mutants.ignored)
      }
      guard case .success(let mine) = ours, case .success(let its) = theirs else {
        return print("ours: \(ours)\nlibrary: \(theirs)")
      }
      for object in mine where !its.contains(object) { print("ours alone: \(object.line)") }
      for object in its where !mine.contains(object) { print("library alone: \(object.line)") }
    }
  }
}

/// Why the program fails when it works.
struct Disagreement: Error, CustomStringConvertible {
  let description = "the readers disagree"
}

/// What the command line asks for.
struct Arguments {
  /// How many mutants are made.
  var mutants = 100_000
  /// First of the numbers that they are made from.
  var seed: UInt64 = 1
  /// A file with numbers of mutants that libhdf5 shall read.
  var worker: String?
  /// A folder that the good files shall be written to.
  var samples: String?
  /// The one mutant to explain.
  var explained: Int?
  /// Whether times are measured instead.
  var isBenchmark = false
  /// Files to measure besides those that are made.
  var files: [String] = []

  init(_ words: [String]) throws {
    var words = words.dropFirst()
    while let word = words.popFirst() {
      if word == "--benchmark" {
        (isBenchmark, files) = (true, Array(words))
        return
      }
      guard let value = words.popFirst() else { throw Usage() }
      switch word {
      case "--mutants": mutants = try Self.number(value)
      case "--seed": seed = UInt64(try Self.number(value))
      case "--worker": worker = value
      case "--samples": samples = value
      case "--explain": explained = try Self.number(value)
      default: throw Usage()
      }
    }
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number >= 0 else { throw Usage() }
    return number
  }
}

/// How the program is called.
struct Usage: Error, CustomStringConvertible {
  let description = """
    usage: differential [--mutants N] [--seed S] [--explain NUMBER]
           differential --samples FOLDER
           differential --benchmark [FILE...]
    """
}
