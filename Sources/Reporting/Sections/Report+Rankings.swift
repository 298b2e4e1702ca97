import Figures
import Plan

extension Report {
  /// Layers in the order in which they can be reduced, with the divergence after each.
  var rankings: PageSection {
    var section = PageSection(
      "rankings", "Which layers can do less",
      lead: [
        "Each layer of the decoder has two parts: attention, in which tokens look at each other, and a feed-forward network (FFN) that works on each token alone. For visual tokens both can do less. Calibration reduced one layer after the other, each time the one that hurts least on top of those before. The curve is the divergence from the model as it is after each step: where it stays flat, layers are redundant; where it climbs, they are needed."
      ])
    guard let lens = plan.contents.calibration?.layerReduction, !lens.feedForward.isEmpty,
      lens.feedForwardDivergence.count == lens.feedForward.count,
      lens.attentionDivergence.count == lens.attention.count
    else {
      section.body = [missingCalibration("The ranking of layers")]
      return section
    }
    let feedForward = lens.feedForwardDivergence.last ?? 0
    let attention = lens.attentionDivergence.last ?? 0
    section.body = [
      .p(
        "With \(Wording.share(lens.neuronShare)) of the neurons in all \(lens.feedForward.count) FFNs the divergence is \(Wording.nats(feedForward)); the same reduction on the words of the prompt instead of its picture would cost \(Wording.nats(lens.textRowDivergence)). With every visual token looking back at \(lens.attentionWindow) others at most in all \(lens.attention.count) layers that have attention it is \(Wording.nats(attention)). The two charts have scales of their own."
      ),
      ranking(
        "ranking-ffn", "FFN: layers with fewer neurons", lens.feedForward, lens.feedForwardDivergence,
        SeriesStyle(index: 1)),
      ranking(
        "ranking-attention", "Attention: layers with a short view back", lens.attention,
        lens.attentionDivergence, SeriesStyle(index: 2)),
      .details("The same as a table", table(lens)), used,
    ]
    return section
  }

  private func ranking(
    _ id: String, _ title: String, _ layers: [Int32], _ values: [Double], _ series: SeriesStyle
  ) -> Markup {
    let chart = StepChart(
      layers: layers.map(Int.init), values: values, yTitle: "divergence, nats", series: series)
    let order = Wording.order(layers.map(Int.init))
    return .heading(3, Markup(text: title))
      + .figure(
        id, title: title,
        description:
          "Layers in the order \(order); divergence after the last \(Wording.nats(values.last ?? 0)).",
        caption:
          "Layers are numbered from 0, the one next to the input. Least harmful first: \(order).",
        draw: chart.draw)
  }

  private func table(_ lens: LayerRankings) -> Markup {
    var table = DataTable(
      "Layer rankings",
      columns: ["rank", "FFN layer", "divergence after it", "attention layer", "divergence after it"])
    for (rank, layer) in lens.feedForward.enumerated() {
      // There may be fewer layers with attention.
      let hasAttention = lens.attention.indices.contains(rank)
      table.append([
        "\(rank + 1)", "\(layer)", "\(Wording.nats(lens.feedForwardDivergence[rank]))",
        hasAttention ? "\(lens.attention[rank])" : "",
        hasAttention ? "\(Wording.nats(lens.attentionDivergence[rank]))" : "",
      ])
    }
    return table.markup
  }

  /// What the points made of the rankings.
  private var used: Markup {
    let points = plan.contents.points.filter { $0.settings.layerReduction != nil }
    if points.isEmpty { return .p("No point of the plan reduces layers.") }
    return .heading(3, "What the points reduce")
      + .list(
        points.compactMap { point in
          point.settings.layerReduction.map { "\(named(point.name)): \(words($0))." }
        })
  }

  private func words(_ reduction: LayerReduction) -> Markup {
    var parts: [Markup] = []
    let (feedForward, attention) = (reduction.feedForwardLayers, reduction.attentionLayers)
    if !feedForward.isEmpty {
      parts.append(
        "\(Wording.share(reduction.neuronShare)) of the neurons in FFN layers \(Wording.layers(feedForward))")
    }
    if !attention.isEmpty {
      parts.append(
        "a view back of \(reduction.attentionWindow) visual tokens in attention layers \(Wording.layers(attention))"
      )
    }
    return parts.isEmpty ? "nothing" : parts.joined(separator: "; ")
  }
}
