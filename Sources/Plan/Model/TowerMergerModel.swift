/// A merger inside a tower: behind one of its layers the patches of each square window attend to each other, and become one
/// row, the mean of them and what an FFN makes of all of them.
public struct TowerMergerModel: Equatable, Sendable {
  /// Layers that run before it; 0 for a tower without one.
  public var layer = 0
  /// Patches along each side of a window.
  public var side = 2
  /// Neurons of the FFN.
  public var feedForwardWidth = 0
  /// Activation of the FFN.
  public var activation = Activation.geluTanh

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}

  /// Patches along each side of what is one row behind the tower; 1 without a merger.
  public var merge: Int { layer > 0 ? side : 1 }
}

extension VisionModel {
  /// Name of a tensor of the merger.
  public static func mergerWeight(_ name: String) -> String { "vision/merger/\(name)" }

  /// Columns of the patches of a window side by side.
  public var mergedWidth: Int { merger.side * merger.side * width }

  var mergerWeights: [WeightSpecification] {
    let name = Self.mergerWeight
    var list = attentionWeights(name)
    list += .norm(norm, name("norm"), mergedWidth, "of the patches of a window side by side")
    let inner = merger.feedForwardWidth
    list.append(.matrix(name("up"), [inner, mergedWidth], "first matrix of the merger's FFN"))
    if layerBias { list.append(.vector(name("up_bias"), inner, "biases of up")) }
    list.append(.matrix(name("down"), [width, inner], "second matrix of the merger's FFN"))
    if layerBias { list.append(.vector(name("down_bias"), width, "bias of the second matrix")) }
    return list
  }
}
