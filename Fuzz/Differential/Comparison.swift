import Foundation
import HDF5Subset
import SubsetChecks

/// What became of the mutants.
struct Comparison: CustomStringConvertible {
  private(set) var mutants = 0
  private(set) var accepted = 0
  /// Mutants that are as good as the file they are made of.
  private(set) var unchanged = 0
  /// Refusals by their reason, numbers and names left out.
  private(set) var refusals: [String: Int] = [:]
  /// Mutants on which the readers disagree.
  private(set) var findings: [String] = []
  private var expected: [(number: Int, fingerprint: UInt64)] = []

  private static let batch = 50_000

  static func run(_ arguments: Arguments, _ mutants: inout Mutants, _ folder: URL) throws -> Self {
    var comparison = Self()
    let originals = try mutants.paths.map { fingerprint(try Mutants.read(SampleFile.bytes($0))) }
    for (path, mine) in zip(mutants.paths, originals) {
      let theirs = try LibraryWalk.objects(
        in: path, size: SampleFile.bytes(path).count, ignoring: Mutants.ignored)
      guard fingerprint(theirs) == mine else { throw SubsetError("/", "differs before any change: \(path)") }
    }
    for number in 0..<arguments.mutants {
      let original = originals[mutants.original(of: number)]
      mutants.withMutant(number) { comparison.read(number, $0, original) }
      if comparison.expected.count == batch { try comparison.askLibrary(arguments.seed, folder) }
    }
    try comparison.askLibrary(arguments.seed, folder)
    return comparison
  }

  private mutating func read(_ number: Int, _ surgery: SubsetSurgery, _ original: UInt64) {
    mutants += 1
    do throws(SubsetError) {
      let mine = fingerprint(try Mutants.read(surgery.bytes))
      accepted += 1
      if mine == original { unchanged += 1 }
      expected.append((number, mine))
    } catch {
      let words = error.reason.split(separator: " ").map { word in
        word.contains { $0.isNumber || $0 == "/" || $0 == "'" } ? "_" : word
      }
      refusals[words.joined(separator: " "), default: 0] += 1
    }
  }

  /// Has libhdf5 read what was accepted. A process that dies has been ended by the first file without an answer.
  private mutating func askLibrary(_ seed: UInt64, _ folder: URL) throws {
    while !expected.isEmpty {
      let (list, output) = (folder.appending(path: "list"), folder.appending(path: "answers"))
      let numbers = expected.map { "\($0.number)\n" }.joined()
      try Data(numbers.utf8).write(to: list)
      try Data().write(to: output)
      let process = Process()
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = ["--seed", "\(seed)", "--worker", list.path]
      process.standardOutput = try FileHandle(forWritingTo: output)
      try process.run()
      process.waitUntilExit()
      let answers = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
      for (mine, answer) in zip(expected, answers) where answer != "\(mine.number) \(mine.fingerprint)" {
        findings.append("accepted here, otherwise there: \(answer)")
      }
      if answers.count < expected.count {
        findings.append("accepted here, ends libhdf5: \(expected[answers.count].number)")
      }
      expected.removeFirst(min(expected.count, answers.count + 1))
    }
  }

  var description: String {
    let reasons = refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value)\t\($0.key)" }
    return """
      \(reasons.joined(separator: "\n"))
      \(findings.prefix(40).joined(separator: "\n"))
      \(mutants) mutants: \(mutants - accepted) refused for \(refusals.count) reasons, \(accepted) accepted \
      (\(unchanged) with unchanged contents), \(findings.count) read otherwise by libhdf5
      """
  }
}
