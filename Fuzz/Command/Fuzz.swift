import CLibFuzzer
import FuzzTargets
import Glibc
import Output

/// Searches for bytes that a reader of the project cannot stand.
///
/// `fuzz --target=NAME [CORPUS...] [-max_total_time=N]` is libFuzzer. `fuzz --target=NAME --cases N [--seed S] [--first N]
/// [--jobs N]` reads numbered cases in processes of their own, and `--case N [--keep FILE]` reads one of them again, as
/// `--input FILE` does a file.
@main struct Fuzz {
  /// From an argument in a form that libFuzzer leaves alone, so that the processes it starts have it too.
  static let target = CommandLine.arguments.lazy
    .filter { $0.hasPrefix(option) }.compactMap { FuzzTarget(rawValue: String($0.dropFirst(option.count))) }
    .first
  private static let option = "--target="

  static func main() {
    guard let target else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
      StandardError.line("Error: --target= takes one of \(names)")
      exit(64)
    }
    if let cases = CaseArguments(CommandLine.arguments) { exit(cases.run(target)) }
    let status = espalier_fuzz(CommandLine.argc, CommandLine.unsafeArgv) { bytes, count in
      Fuzz.target?.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
      return 0
    }
    if status < 0 { StandardError.line("Error: built without libFuzzer: make fuzz") }
    exit(status < 0 ? 1 : status)
  }
}
