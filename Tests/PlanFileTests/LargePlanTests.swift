import Foundation
import Glibc
import Plan
import PlanFile
import PlanWriting
import TestSupport
import Testing
import TinyPlans

/// Zeros, given in pieces that fit anywhere.
private struct ZeroWeights: WeightSource {
  func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    let row = Array(repeating: Float(0), count: tensor.shape.count == 2 ? tensor.shape[1] : 1)
    for _ in 0..<tensor.shape[0] { try sink(row.span.bytes) }
    return nil
  }
}

/// What opening costs does not depend on the weights. Needs 4 GiB of disk, hence ESPALIER_LARGE_PLAN=1.
@Suite(
  .enabled(if: ProcessInfo.processInfo.environment["ESPALIER_LARGE_PLAN"] != nil), .endsWithin(minutes: 10))
struct LargePlanTests {
  @Test func `a plan of 4 GiB opens in under 30 ms and touches its metadata alone`() throws {
    let folder = try TemporaryFolder()
    var contents = TinyPlan.contents()
    (contents.calibration, contents.points) = (nil, [])
    (contents.model.text.layers, contents.model.text.width) = (32, 2048)
    (contents.model.text.queryHeads, contents.model.text.headWidth) = (16, 128)
    (contents.model.text.keyValueHeads, contents.model.text.feedForwardWidth) = (16, 2816)
    contents.model.text.rotary.width = 128
    let path = folder.file("large.h5")
    try PlanWriter.write(contents, weights: ZeroWeights(), to: path)
    let bytes = try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    #expect(bytes > 4 << 30)
    var times: [Duration] = []
    var plans: [Plan] = []
    let before = try Self.residentBytes
    for _ in 0..<5 {
      times.append(try ContinuousClock().measure { plans.append(try Plan(contentsOf: path)) })
    }
    // A fault brings in as many pages as the system likes to read around it, but never gigabytes.
    let resident = (try Self.residentBytes - before) >> 20
    print("a plan of \(bytes >> 20) MiB: opened in \(times.sorted()), \(resident) MiB more resident")
    #expect(times.sorted()[2] < .milliseconds(30) && resident < 64)
  }

  private static var residentBytes: Int {
    get throws {
      let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
      return (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
  }
}
