import FuzzTargets
import Glibc
import Output

/// The part of the command line that is about numbered cases.
struct CaseArguments {
  var seed: UInt64 = 1
  var first = 0
  var count = 0
  var jobs = 1
  private var single: Int?
  private var keep: String?
  private var input: String?
  private var status: Int32?

  /// `nil` where it says nothing about cases, and libFuzzer is meant.
  init?(_ arguments: [String]) {
    var values: [String: String] = [:]
    for (option, value) in zip(arguments, arguments.dropFirst()) where option.hasPrefix("--") {
      values[option] = value
    }
    func number(_ option: String) -> Int? { values[option].flatMap { Int($0) } }
    guard ["--cases", "--case", "--input"].contains(where: { values[$0] != nil }) else { return nil }
    seed = values["--seed"].flatMap { UInt64($0) } ?? 1
    first = number("--first") ?? 0
    count = number("--cases") ?? 1
    jobs = number("--jobs") ?? 1
    single = number("--case")
    keep = values["--keep"]
    input = values["--input"]
    status = number("--status").map { Int32($0) }
  }

  /// Reads the cases and returns the program's status.
  func run(_ target: FuzzTarget) -> Int32 {
    if let input {
      guard let bytes = read(input) else { return 1 }
      print("\(input) is \(target.read(bytes) ? "accepted" : "refused")")
      return 0
    }
    if let single {
      let bytes = CaseScript.bytes(seed: seed, number: single)
      if let keep { write(bytes, to: keep) }
      print("case \(single) of \(target) is \(target.read(bytes) ? "accepted" : "refused")")
      return 0
    }
    if let status {
      CaseWorker(target, seed: seed, cases: first..<first + count, status: status).run()
      return 0
    }
    return CaseRun(target, seed: seed, cases: first..<first + count, jobs: jobs).run() == 0 ? 0 : 1
  }

  private func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else {
      StandardError.line("Error: cannot read \(path)")
      return nil
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    return bytes
  }

  private func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "wb") else { return StandardError.line("Error: cannot write \(path)") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
