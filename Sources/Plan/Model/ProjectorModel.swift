/// The connector from the tower's width to the decoder's: neighbouring patches merged, a norm, one or two linear
/// layers.
public struct ProjectorModel: Equatable, Sendable {
  /// Patches along each side that become one visual token; 1 when each patch is one.
  public var merge = 1
  /// Whether these patches are averaged rather than laid side by side (Gemma 3).
  public var pools = false
  /// Whether a linear layer makes the tower's width of patches that were laid side by side, before the others (Mistral 3).
  public var merger = false
  /// Whether features are multiplied by a vector and another one is added before the norm (Gemma 4).
  public var standardizes = false
  /// Norm before the linear layers, if any.
  public var norm = ProjectorNorm.none
  /// Whether the norm stands before the merge, over the tower's width, or behind it.
  public var normsPatches = false
  /// Added to the variance or mean square inside the norm.
  public var normEpsilon = 1e-5
  /// Width between the two linear layers; 0 for a single layer.
  public var hiddenWidth = 0
  /// Activation between the two linear layers.
  public var activation = Activation.gelu
  /// Whether the linear layers have biases.
  public var bias = true
  /// Whether a learned row stands at the end of each row of tiles (LLaVA-NeXT's `image_newline`). Where the tower has deep
  /// layers, it is added behind the same layers of the decoder as what these give.
  public var newline = false
  /// The layer of the decoder behind which what each deep layer of the tower gives is added; empty for the first ones, in turn
  /// (Granite Vision 4).
  public var deepTargets: [Int] = []
  /// A querying transformer in the place of a merge; patches are then pooled to what it starts from, or one of each group
  /// stands for all.
  public var qformer = QFormerModel()

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}

  /// Norms of a projector.
  public enum ProjectorNorm: String, CaseIterable, Sendable {
    /// No norm.
    case none
    /// LayerNorm with weight and bias.
    case layerNorm = "layer_norm"
    /// RMSNorm with weight.
    case rmsNorm = "rms_norm"
  }

  /// Columns of the first linear layer.
  public func firstWidth(_ vision: VisionModel) -> Int { merger ? vision.featureWidth : inputWidth(vision) }
  /// Columns of what patches are merged to.
  public func inputWidth(_ vision: VisionModel) -> Int {
    pools ? vision.featureWidth : vision.featureWidth * merge * merge
  }
  /// Elements of the norm's weight.
  public func normWidth(_ vision: VisionModel) -> Int {
    normsPatches ? vision.featureWidth : inputWidth(vision)
  }

  /// Columns of what patches of a deep layer are merged to.
  public func deepWidth(_ vision: VisionModel) -> Int { pools ? vision.width : vision.width * merge * merge }

  /// Name of a tensor of the projector of one of the tower's deep layers.
  public static func deepWeight(_ index: Int, _ name: String) -> String {
    "projector/deep/\(paddedLayer(index))/\(name)"
  }

  func weights(_ vision: VisionModel, _ text: TextModel) -> [WeightSpecification] {
    var list = weights(
      inputWidth: firstWidth(vision), normWidth: normWidth(vision), to: text.width
    ) { "projector/\($0)" }
    if merger {
      list.append(
        .matrix(
          "projector/merger", [vision.featureWidth, inputWidth(vision)],
          "one patch's width of those that were laid side by side"))
    }
    if standardizes {
      list += [
        .vector("projector/feature_scale", inputWidth(vision), "factor of each feature before the norm"),
        .vector("projector/feature_offset", inputWidth(vision), "what is added to each behind it"),
      ]
    }
    for index in vision.deepLayers.indices {
      // Their norm stands behind the merge, unless a querying transformer reads them.
      let width = deepWidth(vision)
      list += weights(inputWidth: width, normWidth: width, to: text.width) { Self.deepWeight(index, $0) }
    }
    if newline { list.append(.vector("projector/newline", text.width, "row that ends a row of patches")) }
    return list
  }

  private func weights(
    inputWidth: Int, normWidth: Int, to width: Int, _ name: (String) -> String
  ) -> [WeightSpecification] {
    var list: [WeightSpecification] = []
    switch norm {
    case .none: break
    case .layerNorm: list += .norm(.layerNorm, name("norm"), normWidth, "before projection")
    case .rmsNorm: list += .norm(.rmsNorm, name("norm"), normWidth, "before projection")
    }
    if qformer.isThere { list += qformer.weights(width: inputWidth, name) }
    let middle = hiddenWidth > 0 ? hiddenWidth : width
    list.append(.matrix(name("linear_1"), [middle, inputWidth], "first layer, from the tower's width"))
    if bias { list.append(.vector(name("linear_1_bias"), middle, "bias of the first layer")) }
    if hiddenWidth > 0 {
      list.append(.matrix(name("linear_2"), [width, middle], "second layer, to the decoder's width"))
      if bias { list.append(.vector(name("linear_2_bias"), width, "bias of the second layer")) }
    }
    return list
  }
}
