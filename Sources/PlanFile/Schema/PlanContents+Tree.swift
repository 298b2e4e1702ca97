package import Plan

/// Contents and tree, in both directions.
extension PlanTree {
  /// The tree of some contents; weights are to be streamed.
  package init(_ contents: PlanContents) throws(Flaw) {
    var builder = TreeBuilder()
    var root = AttributeSet()
    var attributes = RootAttributes()
    attributes.weightFormat = contents.weightFormat
    attributes.sourceDigest = contents.sourceDigest
    attributes.narrowProducts = contents.narrowProducts
    attributes.calibrationSetDigest = contents.calibration?.provenance.setDigest ?? ""
    root.put(attributes)
    builder.group(
      "/", "a vision-language model compiled for Espalier: weights, tokenizer, prompt, pruning", root)
    builder.add(contents.model)
    builder.add(contents.image)
    try builder.add(contents.tokenizer)
    try builder.add(contents.prompt)
    for tensor in contents.model.weights {
      builder.weight(tensor, as: contents.format(of: tensor))
    }
    if let calibration = contents.calibration { try builder.add(calibration, for: contents.model) }
    builder.add(contents.points)
    builder.add(front: contents.front)
    builder.finish()
    self = builder.tree
  }
}

extension PlanContents {
  /// Takes everything but the weights out of a tree. What it says is not yet checked for sense.
  init(from reader: inout TreeReader, root: RootAttributes) throws(Flaw) {
    let model = try ModelDescription(from: &reader)
    try model.validate()
    self.init(
      model: model,
      image: try ImagePreprocessing(from: &reader),
      tokenizer: try TokenizerTables(from: &reader, vocabulary: model.text.vocabulary),
      prompt: try PromptTemplate(from: &reader),
      calibration: try CalibrationRecord.ifPresent(in: &reader, for: model),
      points: try OperatingPoint.all(in: &reader, root: OperatingPoint.root),
      front: try OperatingPoint.all(in: &reader, root: OperatingPoint.frontRoot),
      weightFormat: root.weightFormat,
      sourceDigest: root.sourceDigest)
    narrowProducts = root.narrowProducts
  }
}
