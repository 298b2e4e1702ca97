import ArgumentParser
import Compute

/// The `--threads` option.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Threads of the engine. (default: all processors this process may use)")
  var threads: Int?

  var count: Int { threads ?? Workers.available }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be within 1 ... 1024.")
    }
  }
}
