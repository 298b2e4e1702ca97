import Models
public import Plan

/// Counts the decoder's floating-point operations in prefill; a multiply-add is two.
///
/// Counted are the products of projections, FFN, attention, recurrences and the logits of the last row; norms, activations and
/// the choice of tokens are not.
public struct OperationCounter: Sendable {
  private let model: TextModel

  /// A counter for one decoder.
  public init(_ model: TextModel) { self.model = model }

  /// Operations of one prefill.
  ///
  /// `visual` are the visual tokens of the prompt, `text` the others, `kept` the visual tokens after the prune layer.
  /// Causal and hollow attention count the pairs that are allowed, with all text behind the image.
  public func prefill(text: Int, visual: Int, kept: Int, settings: PruningSettings) -> Double {
    let work = work(text: text, visual: visual, kept: kept, settings: settings)
    return work.linear + work.attention
  }

  /// The same, told apart: products of projections, FFNs and logits, and attention.
  public func work(
    text: Int, visual: Int, kept: Int, settings: PruningSettings
  ) -> (linear: Double, attention: Double) {
    var total = (linear: Double(2 * model.width * model.vocabulary), attention: 0.0)
    // What makes the layers' own numbers of tokens.
    total.linear += Double(2 * (text + visual)) * Double(model.width * model.layerEmbeddingColumns)
    for layer in 0..<model.layers {
      let present = settings.visualRows(of: layer, visual, kept: kept)
      // Layers that read the keys and values of others run on the last row alone.
      let isLast = layer >= model.sharingStart
      total.linear += linear(
        text: isLast ? 1 : text, visual: isLast ? 0 : present, layer, settings.layerReduction)
      total.attention +=
        isLast
        ? attentionOfLast(keys: text + present, layer)
        : attention(text: text, visual: present, layer, settings.layerReduction)
    }
    return total
  }

  /// Operations of projections and FFN of the visual rows alone: the count that token-pruning papers quote.
  public func visualLinear(visual: Int, kept: Int, settings: PruningSettings) -> Double {
    (0..<model.sharingStart).reduce(0.0) { total, layer in
      let present = settings.visualRows(of: layer, visual, kept: kept)
      return total + linear(text: 0, visual: present, layer, settings.layerReduction)
    }
  }

  private func linear(text: Int, visual: Int, _ layer: Int, _ reduction: LayerReduction?) -> Double {
    let projections = Double(mixer(layer) + 2 * model.width * model.layerEmbeddingWidth)
    let neuron = Double(3 * model.width)
    let all = Double(model.feedForwardWidth(of: layer))
    let dense = 2 * Double(text + visual) * (projections + neuron * all)
    guard let reduction, reduction.feedForwardLayers.contains(layer), visual > 0 else { return dense }
    let neurons = reduction.neuronReduction
    let kept = neurons.neurons(of: model.feedForwardWidth(of: layer))
    if kept == model.feedForwardWidth(of: layer) { return dense }
    var probing = 0.0
    if case .probed(let probe) = neurons {
      probing = Double(probe.probeRows(of: visual)) * 2 / 3 * neuron * all
    }
    return dense - 2 * Double(visual) * neuron * (all - Double(kept)) + 2 * probing
  }

  /// Multiply-adds of a row in a layer's mixer that do not depend on how many rows there are.
  private func mixer(_ layer: Int) -> Int {
    let (width, delta) = (model.width, model.delta)
    if model.convolutionLayers.contains(layer) { return 4 * width * width + model.convolutionTaps * width }
    if model.deltaLayers.contains(layer) {
      // A row reads the state twice and writes it once.
      return width * (delta.inputRows + delta.rateRows + delta.valueColumns) + delta.taps * delta.channels
        + 3 * delta.stateElements
    }
    let shape = model.attentionShape(of: layer)
    return width * (shape.fusedRows + shape.queryWidth)
  }

  private func attention(text: Int, visual: Int, _ layer: Int, _ reduction: LayerReduction?) -> Double {
    if model.recurrence(of: layer) != nil { return 0 }
    let all = text + visual
    var pairs = Double(all) * Double(all + 1) / 2
    if model.pictureAttention == .prompt {
      // All of a prompt sees all of it, whatever a window would hide.
      pairs = Double(all) * Double(all)
    } else if model.windowLayers.contains(layer) {
      // What lies further back than a sliding window.
      pairs -= Self.pairs(beyond: model.window, of: all)
    }
    // Visual tokens see those behind them, too, as if all were of one picture.
    let ways = seesWholePictures(layer) ? 2.0 : 1
    if model.pictureAttention != .prompt { pairs += (ways - 1) * Double(visual) * Double(visual - 1) / 2 }
    if let reduction, reduction.attentionLayers.contains(layer) {
      pairs -= ways * Self.pairs(beyond: reduction.attentionWindow, of: visual)
    }
    return pairs * Double(4 * model.attentionShape(of: layer).queryWidth)
  }

  /// Attention of the last row to all keys.
  private func attentionOfLast(keys: Int, _ layer: Int) -> Double {
    let seen = model.windowLayers.contains(layer) ? min(keys, model.window) : keys
    return Double(seen) * Double(4 * model.attentionShape(of: layer).queryWidth)
  }

  private func seesWholePictures(_ layer: Int) -> Bool {
    switch model.pictureAttention {
    case .causal: false
    case .whole: true
    case .wholeInWindows: model.windowLayers.contains(layer)
    case .prompt: true
    }
  }

  /// Pairs of `count` tokens in a row of which the first is `window` places before the second, or more.
  private static func pairs(beyond window: Int, of count: Int) -> Double {
    let hidden = Double(max(0, count - window))
    return hidden * (hidden + 1) / 2
  }
}
