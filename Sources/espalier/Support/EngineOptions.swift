public import ArgumentParser
import Cluster
import Compute
import Glibc
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
  func context(_ plan: Plan, _ team: Team = .alone) throws -> Context {
    Context(try Model(plan, cachePrecision: cache), threads: threads(team))
  }

  /// Threads of a process that works alone.
  var count: Int { threads ?? WorkerPool.recommendedThreads }

  /// Threads of each of several processes: those on one machine share its cores, unless each was given its own.
  private func threads(_ team: Team) -> Int {
    if let threads { return threads }
    let neighbours = team.ranks.neighbours.count
    let isBound = WorkerPool.recommendedThreads < sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return isBound ? count : max(1, count / neighbours)
  }

  func validate() throws {
    try OptionRange.check("threads", threads, 1...1024)
  }
}

extension CachePrecision: ExpressibleByArgument {}
