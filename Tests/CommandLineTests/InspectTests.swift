import Foundation
import Plan
import PlanWriting
import Testing
import TestSupport

/// `espalier inspect` on plans of all kinds.
@Suite(.endsWithin(minutes: 2)) struct InspectTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func inspect(_ contents: PlanContents, _ more: [String] = []) throws -> ProgramResult {
    let path = folder.file("plan.h5")
    try PlanWriter.write(contents, weights: RandomWeights(seed: 1), to: path)
    return try Program.run("espalier", ["inspect", path] + more)
  }

  private static var whole: CalibrationRecord {
    var lens = LayerRankings()
    lens.feedForward = [3, 1, 2, 0]
    lens.feedForwardDivergence = [0.1, 0.2, 0.3, 0.4]
    lens.attention = [0, 1, 3, 2]
    lens.attentionDivergence = [0.5, 0.6, 0.7, 0.8]
    var profile = RetentionProfile()
    profile.visionAttentionMean = [0.1, 0.2, 0.3, 0.4]
    profile.visionAttentionDeviation = [0.1, 0.1, 0.1, 0.1]
    profile.visionAttentionByHead = Array(repeating: 0.25, count: 8)
    profile.retention = [0.5, 0.5, 0.5, 0.5]
    profile.layerClass = [1, 1, 1, 1]
    var provenance = CalibrationProvenance()
    provenance.samples = 3
    return CalibrationRecord(
      tokenPruning: CostSearch(), layerReduction: lens, cacheRetention: profile, provenance: provenance)
  }

  @Test(arguments: 0..<8) func `any part of a calibration may be missing`(missing: Int) throws {
    var record = Self.whole
    if missing & 1 != 0 { record.layerReduction = nil }
    if missing & 2 != 0 { record.tokenPruning = nil }
    if missing & 4 != 0 { record.cacheRetention = nil }
    var contents = TinyContext.contents
    contents.calibration = record
    for form in [[], ["--json"]] {
      let result = try inspect(contents, form)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.status) \(result.errors)")
      #expect(form == ["--json"] || result.output.contains("40.0 %") == (missing & 4 == 0))
    }
  }

  @Test func `names in a plan cannot write lines of their own or control the terminal`() throws {
    var contents = TinyContext.contents
    contents.model.family = "x\n\u{1B}[2Jall digests match\u{202E}"
    let result = try inspect(contents)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("x\\n\\u{1B}[2Jall digests match\\u{202E}"))
    #expect(
      result.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    #expect(result.output.split(separator: "\n").allSatisfy { !$0.hasPrefix("all digests") })
    let json = try inspect(contents, ["--json"])
    #expect(json.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
  }
}
