import Foundation
import TestSupport
import Testing

/// Programs on a system that fails: `Tests/CFaults/faults.c`, which is loaded before them.
enum FaultShim {
  private nonisolated(unsafe) static var folder: TemporaryFolder?

  /// The shim, built once.
  private static let library = Result { () throws -> String in
    let created = try TemporaryFolder()
    folder = created
    atexit { FaultShim.folder = nil }
    let source = ReferencePlan.repository.appendingPathComponent("Tests/CFaults/faults.c").path
    let built = try Program.shell(
      """
      for compiler in clang cc gcc; do
        command -v $compiler > /dev/null && exec $compiler -O1 -shared -fPIC "$0" -o "$1" -ldl
      done
      exit 1
      """, [source, created.file("faults.so")])
    try #require(built.status == 0, "a C compiler builds the shim: \(built.errors)")
    return created.file("faults.so")
  }

  /// Runs a program of which one call fails (0 for none, -1 for all); says how many calls there were.
  static func run(
    _ program: String, _ words: [String], calls: String, at number: Int, error: String = "\(EIO)"
  ) throws -> (result: ProgramResult, calls: Int) {
    let library = try library.get()
    let place = try TemporaryFolder()
    let result = try Program.shell(
      """
      exec timeout -s KILL 120 env LD_PRELOAD="\(library)" FAULTS_CALLS=\(calls) FAULTS_AT=\(number) \
        FAULTS_ERROR=\(error) FAULTS_COUNT="\(place.file("count"))" "$0" "$@"
      """, [Program.path(program)] + words)
    let text = try? String(contentsOfFile: place.file("count"), encoding: .utf8)
    return (result, text.flatMap { Int($0.dropLast()) } ?? 0)
  }
}
