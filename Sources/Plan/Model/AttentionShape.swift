/// The heads of one layer's attention.
public struct AttentionShape: Equatable, Sendable {
  /// Query heads, `H`.
  public var queryHeads: Int
  /// KV heads, `Hkv`.
  public var keyValueHeads: Int
  /// Width of a head, `dh`.
  public var headWidth: Int
  /// Whether the layer has keys and values of its own, or reads those of another one.
  public var ownsEntries: Bool

  /// Whether each query head has a gate beside it.
  public var isGated = false

  /// Columns of all queries.
  public var queryWidth: Int { queryHeads * headWidth }
  /// Columns of all keys, and of all values.
  public var keyWidth: Int { keyValueHeads * headWidth }
  /// Rows of the fused q/k/v matrix: all query heads, then all key heads and all value heads if the layer has any, then a gate
  /// for each query head where there are some.
  public var fusedRows: Int { (isGated ? 2 : 1) * queryWidth + (ownsEntries ? 2 * keyWidth : 0) }
}

extension TextModel {
  /// The heads of a layer that has attention.
  public func attentionShape(of layer: Int) -> AttentionShape {
    let isWindowed = windowLayers.contains(layer)
    return AttentionShape(
      queryHeads: queryHeads,
      keyValueHeads: keyValueHeads,
      headWidth: isWindowed && windowHeadWidth > 0 ? windowHeadWidth : headWidth,
      ownsEntries: layer < sharingStart, isGated: attentionGate)
  }

  /// Shapes that layers with attention have, each once.
  public var attentionShapes: [AttentionShape] {
    var shapes: [AttentionShape] = []
    for layer in attentionLayers {
      let shape = attentionShape(of: layer)
      if !shapes.contains(shape) { shapes.append(shape) }
    }
    return shapes
  }

  /// The first layer that reads the keys and values of another one; the number of layers where none does.
  public var sharingStart: Int { layers - sharingLayers }

  /// The layer whose keys and values a layer with attention reads: itself, or the last one of its kind that has some.
  public func entryLayer(of layer: Int) -> Int {
    guard layer >= sharingStart else { return layer }
    let isWindowed = windowLayers.contains(layer)
    return entryLayers.last { windowLayers.contains($0) == isWindowed } ?? layer
  }

  /// Layers whose keys and values others read, too; ascending.
  public var sharedEntryLayers: [Int] {
    Set(attentionLayers.filter { $0 >= sharingStart }.map(entryLayer(of:))).sorted()
  }

  /// The number of first layers before whose end visual tokens may leave: a layer whose keys and values others read, too, must
  /// have the rows that they have.
  public var leavingDepth: Int { sharedEntryLayers.first ?? layers }

  /// The last layer behind which visual tokens may leave; -1 where they may leave before the first alone.
  public var lastLeavingLayer: Int { leavingDepth - 1 }

  /// Demands that visual tokens may leave behind a layer.
  func requireLeaving(behind layer: Int, _ name: String, _ path: String) throws(Flaw) {
    guard layer < leavingDepth else {
      throw Flaw(
        path,
        "\(name) is \(layer), but visual tokens must have left before layer \(leavingDepth), whose keys and values "
          + "later layers read")
    }
  }

  /// Elements of a head that are rotated in layers with a sliding window.
  public var windowRotaryWidth: Int { windowHeadWidth > 0 ? windowHeadWidth : rotary.width }

  /// Columns of the widest projection before a layer's mixer.
  public var mixerColumns: Int {
    max(
      attentionShapes.map(\.fusedRows).max() ?? 0, convolutionLayers.isEmpty ? 0 : 3 * width,
      deltaLayers.isEmpty ? 0 : delta.inputRows + delta.rateRows)
  }

  /// Columns of the widest rows that a mixer makes of its projections.
  public var mixedColumns: Int {
    max(
      attentionShapes.map(\.queryWidth).max() ?? 0, width, deltaLayers.isEmpty ? 0 : delta.channels)
  }

  /// Neurons of a layer's feed-forward network, `m`.
  public func feedForwardWidth(of layer: Int) -> Int {
    layer >= sharingStart && sharingFeedForwardWidth > 0 ? sharingFeedForwardWidth : feedForwardWidth
  }

  /// Neurons of the widest feed-forward network.
  public var widestFeedForward: Int { max(feedForwardWidth, sharingLayers > 0 ? sharingFeedForwardWidth : 0) }
}
