public import ArgumentParser
import Compute
import Inference
public import Models
import Plan
import PlanFile

/// How the context runs: `--threads` and `--cache`.
struct EngineOptions: ParsableArguments {
  @Option(help: "Threads of the context. (default: all cores this process may use)")
  var threads: Int?

  @Option(help: "Numbers of the KV cache: f32 or bf16. (default: bf16 where the weights are rounded)")
  var cache: CachePrecision?

  /// A context on a plan, as the options say.
  func context(_ plan: Plan) throws -> Context {
    Context(try Model(plan, cachePrecision: cache), threads: count)
  }

  private var count: Int { threads ?? WorkerPool.recommendedThreads }

  func validate() throws {
    try OptionRange.check("threads", threads, 1...1024)
  }
}

extension CachePrecision: ExpressibleByArgument {}
