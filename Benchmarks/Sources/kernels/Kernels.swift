import ArgumentParser
import CKernels
import Compute

/// Times kernels beside what the processor can do at best, in the same moments.
@main
struct Kernels: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time kernels beside the limit of the same run.",
    discussion: """
      A kernel and its limit take turns; what counts is the median of their ratios, which a loaded machine hardly \
      changes. ESPALIER_KERNELS chooses the kernels.
      """)

  @Option(help: "Write the ratios to this file, one JSON object a line.", completion: .file())
  var store: String?

  @Option(
    help: "Compare with the ratios in this file; one that fell by more than 5 % is an error.",
    completion: .file())
  var compare: String?

  @Option(help: "Kernels to time, separated by commas. (default: all)")
  var only: String?

  @Option(help: "Turns that a kernel and its limit take.")
  var rounds = 15

  @Option(help: "Threads: 1, or those of all cores. (default: first the one, then the other)")
  var threads: Int?

  func validate() throws {
    guard (1...999).contains(rounds) else { throw ValidationError("--rounds is within 1 ... 999.") }
    guard threads.map({ (1...WorkerPool.recommendedThreads).contains($0) }) ?? true else {
      throw ValidationError("--threads is within 1 ... \(WorkerPool.recommendedThreads) here.")
    }
  }

  func run() throws {
    if let problem = KernelChoice.problem { throw ExecutionError(problem) }
    let names = try chosenNames()
    let machine = try Machine.current()
    let before = try compare.map { try RatioFile.read($0, of: machine) }
    var (ratios, fallen) = ([Ratio](), 0)
    for workers in threadCounts.map({ Workers(count: $0) }) {
      for subject in Subject.all where names.contains(subject.kernel) {
        let run = try subject.make(workers)
        // A kernel that became slower is so every time; a machine that was busy is not.
        for attempts in 1... {
          let ratio = run.ratio(of: subject, machine, workers, rounds: rounds)
          let comparison = before.map { Comparison(ratio, before: $0) }
          let hasFallen = comparison?.hasFallen ?? false
          if hasFallen, attempts < 3 { continue }
          if hasFallen { fallen += 1 }
          print(ratio.text + (comparison?.text ?? ""))
          ratios.append(ratio)
          break
        }
      }
    }
    if let store { try RatioFile.write(ratios, to: store) }
    if fallen > 0 { throw ExecutionError("\(fallen) of \(ratios.count) ratios fell by more than 5 %") }
  }

  /// One thread is what kernels are judged by; all of them share caches and memory.
  private var threadCounts: [Int] {
    if let threads { return [threads] }
    let all = WorkerPool.recommendedThreads
    return all > 1 ? [1, all] : [1]
  }

  private func chosenNames() throws -> [String] {
    let known = Subject.all.map(\.kernel).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    guard let only else { return known }
    let names = only.split(separator: ",").map(String.init)
    for name in names where !known.contains(name) {
      throw ExecutionError("--only: no kernel is named '\(name)': there are \(known.joined(separator: ", "))")
    }
    return names
  }
}
