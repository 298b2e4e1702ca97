public import ArgumentParser
import Compute
public import Models

/// How the engine runs: `--threads` and `--cache`.
struct EngineOptions: ParsableArguments {
  @Option(help: "Threads of the engine. (default: all cores this process may use)")
  var threads: Int?

  @Option(help: "Numbers of the KV cache: f32 or bf16. (default: bf16 where the weights are rounded)")
  var cache: CachePrecision?

  var count: Int { threads ?? Workers.available }

  func validate() throws {
    try OptionRange.check("threads", threads, 1...1024)
  }
}

extension CachePrecision: ExpressibleByArgument {}
