import Foundation
import TestSupport
import Testing

/// `--estimate`: what work takes, before it is done.
@Suite(.tags(.slow), .skippedWhenFast, .serialized, .endsWithin(minutes: 10)) struct EstimateTests {
  private let bench: FaultBench
  private let place: FaultPlace

  init() throws {
    bench = try FaultBench()
    place = try FaultPlace()
  }

  @Test(arguments: [
    ("compile", ["importing and writing", "token pruning", "searching settings"]),
    ("calibrate", ["neuron order", "token pruning"]), ("tune", ["dense answers", "searching settings"]),
  ])
  func `it names stages, memory and disk, and writes nothing`(verb: String, stages: [String]) throws {
    let words = place.words(try bench.verb(verb), ["--estimate"])
    let result = try Program.run("espalier", words)
    #expect(result.status == 0 && place.isOld && place.leftovers.isEmpty, "\(result.errors)")
    for line in ["stage"] + stages + ["all"] {
      #expect(result.output.split(separator: "\n").contains { $0.hasPrefix(line) }, "\(result.output)")
    }
    #expect(result.output.contains("\nmemory: ") && result.output.contains(", disk: "))
  }

  @Test func `programs read it as JSON`() throws {
    let words = place.words(try bench.verb("compile"), ["--estimate", "--json"])
    let result = try Program.run("espalier", words)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let stages = try #require(json["stages"] as? [[String: Any]])
    let seconds = stages.compactMap { $0["seconds"] as? Double }
    #expect(seconds.count == stages.count && stages.allSatisfy { $0["stage"] is String })
    let all = try #require(json["seconds"] as? Double)
    #expect(abs(all - seconds.reduce(0, +)) < 1e-6 * all)
    #expect(json["memoryBytes"] as? Int ?? 0 > 1 << 20 && json["diskBytes"] as? Int ?? 0 > 1 << 16)
  }

  @Test(arguments: ["compile", "calibrate", "tune"], ["--resume", "--restart"])
  func `what an interrupted run left is not its business`(verb: String, option: String) throws {
    let result = try Program.run("espalier", place.words(try bench.verb(verb), ["--estimate", option]))
    #expect(result.status != 0 && result.errors.contains("--estimate") && result.errors.contains(option))
  }
}
