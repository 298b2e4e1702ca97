/// `/model` and `/image`.
extension TreeBuilder {
  mutating func add(_ model: ModelDescription) {
    var family = AttributeSet()
    family.put("family", model.family)
    group("/model", "what the model is made of", family)
    var text = AttributeSet()
    text.put(model.text)
    group("/model/text", "decoder: RMSNorm, rotary positions, grouped-query attention, gated FFN", text)
    var vision = AttributeSet()
    vision.put(model.vision)
    group("/model/vision", "vision tower: transformer over square patches", vision)
    var projector = AttributeSet()
    projector.put(model.projector)
    group("/model/projector", "two linear layers from the tower to the decoder", projector)
  }

  mutating func add(_ image: ImagePreprocessing) {
    var attributes = AttributeSet()
    attributes.put(image)
    group(
      "/image", "decode to RGB, resize the shortest edge (bicubic), crop the centre, normalise", attributes)
  }
}

extension ModelDescription {
  init(from reader: inout TreeReader) throws(Flaw) {
    let family = try reader.group("/model") { (attributes) throws(Flaw) in
      try attributes.take("family", as: String.self, of: "/model")
    }
    self.init(
      family: family,
      text: try reader.record(at: "/model/text"),
      vision: try reader.record(at: "/model/vision"),
      projector: try reader.record(at: "/model/projector"))
  }
}

extension ImagePreprocessing {
  init(from reader: inout TreeReader) throws(Flaw) { self = try reader.record(at: "/image") }
}

extension TreeReader {
  /// Takes a group whose attributes are one record.
  mutating func record<Record: AttributeRecord>(at path: String) throws(Flaw) -> Record {
    try group(path) { (attributes) throws(Flaw) in try attributes.take(Record.self, of: path) }
  }
}

extension Activation: AttributeConvertible {}
extension VisionModel.Tower: AttributeConvertible {}

extension TextModel: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("layers", \.layers), .init("width", \.width), .init("query_heads", \.queryHeads),
      .init("key_value_heads", \.keyValueHeads), .init("head_width", \.headWidth),
      .init("feed_forward_width", \.feedForwardWidth), .init("vocabulary", \.vocabulary),
      .init("context_length", \.contextLength), .init("norm_epsilon", \.normEpsilon),
      .init("activation", \.activation), .init("tied_head", \.tiedHead),
      .init("attention_bias", \.attentionBias), .init("stop_tokens", \.stopTokens),
      .init("image_token", \.imageToken),
    ]
  }
}

extension VisionModel: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("tower", \.tower), .init("layers", \.layers), .init("width", \.width), .init("heads", \.heads),
      .init("feed_forward_width", \.feedForwardWidth), .init("image_size", \.imageSize),
      .init("patch_size", \.patchSize), .init("norm_epsilon", \.normEpsilon),
      .init("activation", \.activation), .init("class_token", \.classToken),
      .init("drops_class_token", \.dropsClassToken),
    ]
  }
}

extension ProjectorModel: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("hidden_width", \.hiddenWidth), .init("activation", \.activation), .init("bias", \.bias),
    ]
  }
}

extension ImagePreprocessing: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("shortest_edge", \.shortestEdge), .init("crop_size", \.cropSize), .init("mean", \.mean),
      .init("deviation", \.deviation), .init("rescale", \.rescale),
    ]
  }
}
