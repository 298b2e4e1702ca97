import Checkpoints
import Glibc
import PlanFormat
import Testing

/// The repository's root, found from this file.
let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
let referenceModel = repository + "/calib/reference-model"

@Suite struct ReferenceModel {
  @Test func imports() throws {
    let path = "/tmp/espalier-import-\(getpid()).h5"
    defer { unlink(path) }
    try CheckpointImporter.importModel(at: referenceModel, weightFormat: .bfloat16, to: path)
    let plan = try Plan(contentsOf: path, verifying: .everything)
    #expect(plan.contents.model.text.layers == 12)
    #expect(plan.contents.model.vision.layers == 6)
    #expect(
      plan.contents.prompt.segments == [
        .special(1), .literal("user\n"), .image, .literal("\n"), .userText, .special(2), .literal("\n"),
        .special(1), .literal("assistant\n"),
      ])
    if let keep = getenv("ESPALIER_KEEP_PLAN") { rename(path, String(cString: keep)) }
  }
}
