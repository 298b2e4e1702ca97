import Foundation
import JSONReading
import TestSupport
import Testing

@testable import Checkpoints

private func reason(_ text: String) -> String? {
  do throws(JSONParser.Failure) {
    _ = try JSONParser.parse(Array(text.utf8), allowingNonFinite: true)
    return nil
  } catch { return error.reason }
}

@Suite(.endsWithin(minutes: 1)) struct JSONDocuments {
  @Test func haveALimitOnValuesAndOnDepth() {
    let many = String(repeating: "[],", count: JSONParser.valueLimit)
    #expect(reason("[\(many)[]]") == "has more than 4194304 values")
    #expect(reason(String(repeating: "[", count: 1_000_000)) == "is nested deeper than 64")
    #expect(reason(String(repeating: "{\"a\":", count: 1_000_000)) == "is nested deeper than 64")
    #expect(reason("[" + String(repeating: "1,", count: 100_000) + "1]") == nil)
  }

  @Test func haveALimitOnTheirSizeThatIsLookedAtBeforeTheyAreRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{}", to: "big.json")
    #expect(truncate(path, 390_000_000) == 0)
    let error = #expect(throws: CheckpointError.self) { try Settings(contentsOf: path) }
    #expect(error?.reason == "has 390000000 bytes, more than the limit of 134217728")
  }

  @Test(arguments: 1...20)
  func findMembersByNameHoweverManyThereAre(count: Int) throws {
    let members = (0..<count).map { "\"m\($0)\": \($0)" }.joined(separator: ", ")
    guard case .object(let object) = try JSONParser.parse(Array("{\(members)}".utf8)) else {
      Issue.record("no object")
      return
    }
    for place in 0..<count {
      guard case .integer(place)? = object["m\(place)"] else {
        Issue.record("m\(place)")
        continue
      }
    }
    #expect(object["m\(count)"] == nil)
    #expect(reason("{\(members), \"m\(count / 2)\": 0}") == "\"m\(count / 2)\" is there twice")
    // Equal to a reader's eye, not byte by byte.
    #expect(reason("{\(members), \"\u{e9}\": 0, \"e\u{301}\": 0}") == nil)
  }

  @Test func mayHavePythonsNumbersThatAreNone() throws {
    #expect(reason("[NaN, Infinity, -Infinity, 1e400]") == nil)
    for text in ["nan", "-NaN", "Inf", "+Infinity", "infinity", "-", "- Infinity", "Infinityx"] {
      #expect(reason("[\(text)]") != nil, "\(text)")
    }
  }
}

@Suite(.endsWithin(minutes: 1)) struct NumbersThatAreNone {
  @Test func areReadOverInKeysThatDoNotMatter() throws {
    let checkpoint = try ForeignCheckpoint()
    let keys =
      #""initializer_range": NaN, "some_limit": Infinity, "other": [-Infinity, {"a": NaN}], "model_type":"#
    try checkpoint.replace("\"model_type\":", with: keys, in: "config.json")
    #expect(checkpoint.failure() == nil)
  }

  @Test(arguments: ["NaN", "Infinity", "-Infinity", "1e999"])
  func areAnErrorInKeysThatMatter(text: String) throws {
    for (file, key) in [("config.json", "rms_norm_eps"), ("processor_config.json", "rescale_factor")] {
      let checkpoint = try ForeignCheckpoint("llava/clip-mistral-layers")
      let old = try checkpoint.text(file)
      let pattern = try Regex("\"\(key)\": [^,\\n]*")
      try checkpoint.write(old.replacing(pattern, with: "\"\(key)\": \(text)"), to: file)
      let error = checkpoint.failure()
      #expect(error?.object.hasSuffix(key) ?? false, "\(error?.description ?? "no error")")
      #expect(error?.reason.hasSuffix("expected a finite number") ?? false)
    }
  }

  @Test(arguments: [
    ("smolvlm/bucketed", "vision_config", "image_size", "1"),
    ("llava/clip-llama", "vision_config", "image_size", "1"),
    ("internvl/llama", "vision_config", "image_size", "1"),
    ("smolvlm/bucketed", "vision_config", "patch_size", "4096"),
    ("smolvlm/bucketed", "vision_config", "image_size", "1048576"),
    ("internvl/llama", "", "downsample_ratio", "1e-320"), ("internvl/llama", "", "downsample_ratio", "-0.5"),
    ("internvl/llama", "", "downsample_ratio", "1e308"),
    ("qwen2_vl/flat", "vision_config", "patch_size", "1000000"),
  ])
  func sizesAndRatiosAtTheEdgeAreErrorsNotTraps(family: String, part: String, key: String, value: String)
    throws
  {
    let checkpoint = try ForeignCheckpoint(family)
    var config = try checkpoint.object("config.json")
    let number = try #require(Double(value))
    func changed(_ old: Any?) -> Any {
      var part = old as? [String: Any] ?? [:]
      part[key] = Int(exactly: number).map { $0 as Any } ?? number
      return part
    }
    if part.isEmpty {
      config[key] = Int(exactly: number).map { $0 as Any } ?? number
    } else {
      config[part] = changed(config[part])
    }
    try checkpoint.write(config, to: "config.json")
    #expect(checkpoint.failure() != nil)
  }

  @Test(arguments: [1, 13, 1_048_576, 524_288])
  func tilesOfAnySideAreErrorsNotTraps(side: Int) throws {
    let checkpoint = try ForeignCheckpoint("smolvlm/bucketed")
    let name =
      FileManager.default.fileExists(atPath: checkpoint.file("preprocessor_config.json"))
      ? "preprocessor_config.json" : "processor_config.json"
    var settings = try checkpoint.object(name)
    settings["max_image_size"] = ["longest_edge": side]
    try checkpoint.write(settings, to: name)
    #expect(checkpoint.failure() != nil)
  }
}
