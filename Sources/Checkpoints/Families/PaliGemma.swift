import Plan

/// PaliGemma and PaliGemma 2: a SigLIP tower at one resolution, a linear projector, and a prompt that sees all of itself.
struct PaliGemma: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: ClipTower
  private let decoder: DecoderConfig

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(
      try config.child("text_config"), parent: config, kinds: [.gemma, .gemma2])
    let text = try checkpoint.text(
      of: decoder, imageToken: "image_token_index", "image_token_id", default: 256_000)
    var tower = try ClipTower(
      try config.child("vision_config"), parent: config, kinds: [.siglip], standard: nil)
    tower.takeNormedOutput()
    self.tower = tower
    model = ModelDescription(
      family: "paligemma", text: text, vision: tower.model, projector: ProjectorModel())
    image = try checkpoint.processor.square(model)
  }

  /// The processor puts the one there is behind the pictures.
  var addsLeadingTokens: Bool { false }

  /// What the processor makes of a question; the family has no template.
  var standardTemplate: String? {
    """
    {%- if messages | length > 1 or messages[0]['role'] != 'user' -%}
    {{- raise_exception('PaliGemma answers one question, without a system prompt') -}}
    {%- endif -%}
    {%- if messages[0]['content'] is string -%}
    {{- bos_token + messages[0]['content'] -}}
    {%- else -%}
    {%- for part in messages[0]['content'] if part['type'] == 'image' -%}{{- '<image>' -}}{%- endfor -%}
    {{- bos_token -}}
    {%- for part in messages[0]['content'] if part['type'] == 'text' -%}{{- part['text'] -}}{%- endfor -%}
    {%- endif -%}
    {{- '\n' -}}
    """
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(of: "vision_tower", having: "embeddings.patch_embedding.weight")
    let projector = builder.prefix(
      ["model.multi_modal_projector.", "multi_modal_projector."], having: "linear.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image, storedGrid: model.vision.grid)
    try builder.copyLinear(
      "projector/linear_1", projector + "linear", [model.text.width, model.vision.width])
    try builder.addDecoder(
      decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads,
      names: model.text.outputNorms ? .gemma3 : .gemma)
    try builder.refuseUnused(under: prefix, except: tower.isUseless)
  }
}

extension ProcessorSettings {
  /// `SiglipImageProcessor`: the picture as one square.
  fileprivate func square(_ model: ModelDescription) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["Siglip"])
    var result = try preprocessing(.half)
    var tile = TileShape()
    tile.side = try image.squareSide("size", default: 224)
    guard tile.side == model.vision.imageSize else {
      throw image.error("size", "is \(tile.side), the tower takes \(model.vision.imageSize)")
    }
    try image.demandTokens("image_seq_length", of: model)
    result.tiling = .single(tile)
    return result
  }
}
