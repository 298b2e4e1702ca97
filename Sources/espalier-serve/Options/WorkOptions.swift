import ArgumentParser
import Espalier

/// How much is done at once.
struct WorkOptions: ParsableArguments {
  @Option(help: "Threads. (default: all cores this process may use)")
  var threads: Int?

  @Option(help: "Most answers that decode together.")
  var parallel = 4

  @Option(help: "Most requests that wait; what comes beyond them is told to come again (429).")
  var queue = 64

  @Option(
    help: ArgumentHelp(
      "Longest time that a running answer waits while the prompt of another one is read.", valueName: "time"))
  var maxStall = Seconds(0.2)

  @Option(
    help: ArgumentHelp(
      "Most memory of prompts and pictures that are kept for later requests.", valueName: "size"))
  var cacheMemory = ByteCount(1 << 30)

  @Option(
    help: ArgumentHelp(
      "Most memory that requests may need together with the model and what is kept. (default: no limit)",
      valueName: "size"))
  var maxMemory: ByteCount?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be within 1 ... 1024.")
    }
    guard (1...256).contains(parallel) else { throw ValidationError("--parallel must be within 1 ... 256.") }
    guard (0...100_000).contains(queue) else { throw ValidationError("--queue must be within 0 ... 100000.") }
  }

  var service: Service.Options {
    var options = Service.Options()
    options.parallel = parallel
    // A request that may begin at once is in the queue for a moment, too.
    options.queueLimit = queue + 1
    options.maxStall = maxStall.duration
    options.promptCacheBytes = cacheMemory.bytes / 4 * 3
    options.maxBytes = maxMemory?.bytes
    return options
  }

  /// Bytes of features of pictures.
  var pictureBytes: Int { cacheMemory.bytes / 4 }
}
