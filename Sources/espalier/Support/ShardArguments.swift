import ArgumentParser
import Calibration

/// The option of one of several jobs that never hear of each other: `--shard 3/16`.
struct ShardArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Do one of several shards of a job array: write what is known of these samples, which 'merge' puts together. Without \
      it, calibrate.
      """, valueName: "number/count"))
  var shard: Shard?

  /// Number of a shard, from 1, and of all shards.
  struct Shard: ExpressibleByArgument {
    var number: Int
    var count: Int

    init?(argument: String) {
      let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard parts.count == 2, (1...CalibrationShard.limit).contains(parts[1]),
        (1...parts[1]).contains(parts[0])
      else { return nil }
      (number, count) = (parts[0], parts[1])
    }
  }
}
