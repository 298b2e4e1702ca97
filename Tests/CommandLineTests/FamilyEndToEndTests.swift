import Foundation
import Plan
import PlanFile
import Testing
import TestSupport

/// The whole way on a tiny model of every family, one and two pictures a sample: random weights prove the mechanics.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 10)) struct FamilyEndToEndTests {
  @Test(arguments: FamilyGolden.all())
  func `compile, evaluate and answer`(golden: FamilyGolden) throws {
    try compileAndAnswer(golden, weights: "bf16")
  }

  @Test(arguments: FamilyGolden.firstOfEachFamily())
  func `the same with weights of 8 bits`(golden: FamilyGolden) throws {
    try compileAndAnswer(golden, weights: "int8")
  }

  private func compileAndAnswer(_ golden: FamilyGolden, weights: String) throws {
    let folder = try TemporaryFolder()
    let plan = folder.file("plan.h5")
    let calibration = try set("calibration", [["square"], ["wide", "tiny"], ["tall"]], golden, folder)
    let validation = try set(
      "validation", [["tiny"], ["tall", "square"], ["wide"], ["wide", "wide"]], golden, folder)
    let compiled = try Program.run(
      "espalier",
      [
        "compile", try golden.checkpoint(in: folder), "--calibration", calibration, "--validation",
        validation,
        "--output", plan, "--threads", "1", "--weights", weights,
      ])
    #expect(compiled.status == 0, "\(compiled.errors)")
    let contents = try Plan(contentsOf: plan, verifying: .everything).contents
    #expect(contents.points.map(\.name) == ["dense", "quality", "balanced", "fast"])
    let record = try #require(contents.calibration)
    let text = contents.model.text
    #expect(record.layerReduction?.feedForward.sorted() == (0..<text.layers).map(Int32.init))
    #expect(record.layerReduction?.attention.sorted() == text.attentionLayers.map(Int32.init))
    #expect(record.cacheRetention?.visionAttentionByHead.count == text.layers * text.keyValueHeads)

    let inspected = try Program.run("espalier", ["inspect", plan])
    #expect(inspected.status == 0 && inspected.errors.isEmpty, "\(inspected.errors)")
    let page = folder.file("page.html")
    let reported = try Program.run(
      "espalier",
      [
        "report", plan, "--set", validation, "--allow-overlap", "--output", page, "--points", "dense,fast",
        "--baselines", "none", "--threads", "1",
      ])
    #expect(reported.status == 0, "\(reported.errors)")
    let evaluated = try Program.run(
      "espalier",
      [
        "evaluate", plan, "--set", validation, "--allow-overlap", "--points", "dense,fast", "--keep", "0.5",
        "--threads", "1",
      ])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let answered = try Program.run(
      "espalier-run",
      [
        plan, "--image", golden.picture("wide.png"), "--image", golden.picture("tall.png"), "--prompt",
        "And?",
        "--point", "fast", "--max-tokens", "4", "--threads", "1",
      ])
    #expect(answered.status == 0 && answered.errors.isEmpty, "\(answered.errors)")
  }

  private func set(
    _ name: String, _ pictures: [[String]], _ golden: FamilyGolden, _ folder: TemporaryFolder
  ) throws -> String {
    // Sets share no picture: those of this one end in a byte of their own.
    for picture in Set(pictures.flatMap(\.self)) {
      let bytes = try Data(contentsOf: URL(filePath: golden.picture("\(picture).png")))
      try (bytes + Data(name.utf8)).write(to: URL(filePath: folder.file("\(name)-\(picture).png")))
    }
    let lines = try pictures.enumerated().map { index, names in
      let sample: [String: Any] = [
        "id": "\(name)-\(index)", "prompt": "What is \(index)?", "answer": "It is \(index).", "task": "ask",
        "images": names.map { folder.file("\(name)-\($0).png") },
      ]
      return String(decoding: try JSONSerialization.data(withJSONObject: sample), as: UTF8.self)
    }
    return try folder.write(lines.joined(separator: "\n"), to: "\(name).jsonl")
  }
}
