public import Compute
public import Inference
public import Models
public import Plan

/// A decoder and tower small enough for a test to run thousands of times: 4 layers, 16 visual tokens.
public enum TinyModel {
  /// The description; every dimension differs from every other, so that a mixed-up shape cannot pass.
  public static var description: ModelDescription {
    var text = TextModel()
    text.layers = 4
    text.width = 24
    text.queryHeads = 4
    text.keyValueHeads = 2
    text.headWidth = 8
    text.feedForwardWidth = 40
    text.vocabulary = 50
    text.contextLength = 256
    text.rotary.width = 8
    text.stopTokens = [2]
    text.imageToken = 3
    var vision = VisionModel()
    vision.layers = 2
    vision.width = 18
    vision.heads = 3
    vision.feedForwardWidth = 30
    vision.imageSize = 28
    vision.patchSize = 7
    vision.featureLayers = [2]
    var projector = ProjectorModel()
    projector.hiddenWidth = 22
    return ModelDescription(family: "llava", text: text, vision: vision, projector: projector)
  }

  /// What a plan of such a model says: a tokenizer of single bytes, as many as the vocabulary has room for.
  public static func contents(_ model: ModelDescription = description) -> PlanContents {
    var image = ImagePreprocessing()
    var tile = TileShape()
    (tile.side, tile.shortestEdge) = (model.vision.imageSize, model.vision.imageSize)
    image.tiling = .single(tile)
    var tokenizer = TokenizerTables()
    tokenizer.tokens = (0..<min(256, model.text.vocabulary)).map { [UInt8($0)] }
    return PlanContents(
      model: model, image: image, tokenizer: tokenizer, prompt: PromptTemplate(before: [], after: []),
      weightFormat: .float32, sourceDigest: "")
  }

  /// A context on a model with seeded random weights.
  public static func context(
    _ description: ModelDescription = description, threads: Int = 1, seed: UInt64 = 1
  ) throws -> Context {
    try context(description, weights: RandomWeights(seed: seed), threads: threads)
  }

  /// A context on a model with these weights.
  public static func context(
    _ description: ModelDescription = description, weights: some ModelWeights, threads: Int = 1
  ) throws -> Context {
    Context(try Model(contents(description), weights: weights), threads: threads)
  }

  /// A prompt with text before and after `images` pictures, as the tiny context embeds it.
  public static func prompt(_ context: Context, images: Int = 1, textAfter: Int = 6) throws -> PromptRows {
    var parts: [PromptLayout.Part] = [.token(1), .token(7)]
    parts += (0..<images).map { .image($0) }
    parts += (0..<textAfter).map { .token(Int32(10 + $0)) }
    let features = (0..<images).map { image in
      ImageTokens(
        grid: PatchGrid(rows: 4, columns: 4),
        randomMatrix(16, description.text.width, seed: UInt64(100 + image)))
    }
    return try context.embed(PromptLayout(parts: parts), images: features)
  }
}

extension ImageTokens {
  /// A picture of one block: a grid of tokens with `leading` ones before it.
  public init(grid: PatchGrid, leading: Int = 0, _ features: MatrixView) {
    var block = ImageArrangement.Block(rows: grid.rows, columns: grid.columns)
    block.leading = leading
    var arrangement = ImageArrangement()
    arrangement.elements = [.block(0)]
    arrangement.blocks = [block]
    self.init(arrangement: arrangement, features: [FrozenMatrix(features)])
  }
}
