import Foundation
import TestSupport
import Testing

/// `compile --estimate`: what a compilation takes, before it is done.
@Suite(.tags(.slow), .skippedWhenFast, .serialized, .endsWithin(minutes: 10)) struct EstimateTests {
  private let bench: FaultBench
  private let place: FaultPlace

  init() throws {
    bench = try FaultBench()
    place = try FaultPlace()
  }

  @Test func `it names stages, memory and disk, and writes nothing`() throws {
    let words = place.words(try bench.verb("compile"), ["--estimate"])
    let result = try Program.run("espalier", words)
    #expect(result.status == 0 && place.isOld && place.leftovers.isEmpty, "\(result.errors)")
    for line in ["stage", "importing and writing", "token pruning", "searching settings", "all"] {
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

  @Test(arguments: ["--resume", "--restart"])
  func `what an interrupted run left is not its business`(option: String) throws {
    let result = try Program.run(
      "espalier", place.words(try bench.verb("compile"), ["--estimate", option]))
    #expect(result.status != 0 && result.errors.contains("--estimate") && result.errors.contains(option))
  }
}
