import Checkpoints
import Digests
import Glibc
import Plan
import PlanFile
import Testing
import TestSupport

/// The repository's root, found from this file.
let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
let referenceModel = repository + "/calib/reference-model"

/// Imports the reference model, lends the open plan, removes the file.
private func withReferencePlan(_ format: WeightFormat, _ body: (Plan) throws -> Void) throws {
  let path = "/tmp/espalier-import-\(getpid())-\(format.rawValue)-\(UInt64.random(in: 0 ... .max)).h5"
  defer { unlink(path) }
  try CheckpointImporter.importModel(at: referenceModel, weightFormat: format, to: path)
  try body(try Plan(contentsOf: path, verifying: .everything))
}

@Suite(.endsWithin(minutes: 2)) struct ReferenceModel {
  @Test func hasTheShapesItsReadmeStates() throws {
    try withReferencePlan(.bfloat16) { plan in
      let (text, vision) = (plan.contents.model.text, plan.contents.model.vision)
      #expect((text.layers, text.width, text.queryHeads, text.keyValueHeads) == (12, 192, 4, 2))
      #expect((text.headWidth, text.feedForwardWidth, text.vocabulary) == (48, 576, 1024))
      #expect(text.tiedHead && text.stopTokens == [2] && text.imageToken == 3)
      #expect((vision.layers, vision.width, vision.heads, vision.feedForwardWidth) == (6, 192, 3, 768))
      #expect(plan.contents.model.tokensPerTile == 256 && vision.activation == .quickGelu)
      var tile = TileShape()
      (tile.side, tile.shortestEdge) = (224, 224)
      #expect(plan.contents.image.tiling == .single(tile))
      #expect(plan.contents.tokenizer.tokens.count == 1024)
      #expect(plan.contents.tokenizer.merges.count == 764)
      #expect(
        plan.contents.tokenizer.addedTokens.map(\.content) == [
          "<pad>", "<|im_start|>", "<|im_end|>", "<image>",
        ])
      #expect(plan.contents.sourceDigest.count == 64)
    }
  }

  @Test func hasThePromptItsReadmeStates() throws {
    let imported = try CheckpointImporter.read(referenceModel, weightFormat: .bfloat16)
    let prompt = imported.contents.prompt
    func segments(_ frames: [PromptTemplate.Frame], _ turn: PromptTemplate.Turn) -> [PromptTemplate.Segment]?
    {
      frames.first { $0.fits(turn, hasSystem: false, touchesImage: false) }?.segments
    }
    #expect(segments(prompt.openings, .only) == [.special(1), .literal("user\n")])
    #expect(prompt.joints.imageText == [.literal("\n")])
    #expect(
      segments(prompt.closings, .only) == [
        .special(2), .literal("\n"), .special(1), .literal("assistant\n"),
      ])
  }

  /// Digests of the same arrays put together by NumPy: Tests/Golden/weights/make.py.
  @Test(arguments: [
    (
      WeightFormat.bfloat16, "text/layers/03/qkv",
      "7d8690264ebc7e640ace60167cdc136ead88793a07c81683a2ae601a4656fa7c"
    ),
    (
      .float32, "text/layers/03/qkv",
      "d5510f079eba28f00e086556ac53e393a1ed26445ccc1283be79b65e4e141157"
    ),
    (
      .bfloat16, "text/layers/03/down",
      "e6c9a8fbc3df2a371313b555df4a4d21925ca4ed4b9813ad70e8bfacb06a5b53"
    ),
    (
      .int8, "text/layers/03/qkv",
      "8956969d66dc08743d151f84d9b2099210ee5db30873bbffe31a6a914f28d177"
    ),
    (
      .int8, "text/layers/03/down",
      "d769aeaa7e58a1ae1d8802ac93a776a7ec436b81f626711fa82c35c243ef4c8b"
    ),
    (
      .bfloat16, "text/final_norm",
      "482a8d0589b59813f14fc56c21b561b2dd513e96b765cd5bef4492146118a632"
    ),
    (
      .float32, "text/rope_inverse_frequencies",
      "8a02a929f8f242c99ef9629ff239bd90a1b9deb7872fdc2e6b6b9b29e9dfe52f"
    ),
    (
      .bfloat16, "vision/patch_embedding",
      "b5dc2814c96f641281eb93fa782c58f6425bfba55bdd5a66aafe54a728a5aa2f"
    ),
    (
      .float32, "projector/linear_2",
      "154e6e8ee5bdfe5a3dd71cf1eba16c6437b1cd3635bddf3493c6ea0cfced17ea"
    ),
  ])
  func hasTheWeightsThatNumPyComputes(format: WeightFormat, name: String, digest: String) throws {
    try withReferencePlan(format) { plan in
      let tensor = try #require(plan.weights.tensor(name))
      #expect(SHA256.hexadecimal(of: tensor.bytes) == digest)
    }
  }
}
