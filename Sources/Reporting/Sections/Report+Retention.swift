import Figures
import Plan

extension Report {
  /// How much each layer looks at the picture, and what is kept of its cache.
  var retention: PageSection {
    var section = PageSection(
      "retention", "How much each layer looks at the picture",
      lead: [
        "Bars: the share of its attention that the last token of the prompt, the one that begins the answer, gives to the picture, mean over the calibration questions; thin lines reach one standard deviation up and down. Cache retention lets layers that look a lot keep more of their visual cache and layers that hardly look keep less: the diamonds are its rates (retention). Tuning may have found equal rates to do less harm; the table below has those of each point."
      ])
    guard let profile = plan.contents.calibration?.cacheRetention, !profile.visionAttentionMean.isEmpty,
      [profile.visionAttentionDeviation.count, profile.retention.count, profile.layerClass.count]
        .allSatisfy({ $0 == profile.visionAttentionMean.count })
    else {
      section.body = [missingCalibration("The retention profile")]
      return section
    }
    let thresholds = profile.thresholds
    let text = plan.contents.model.text
    // A layer without entries is in no class.
    let layers = text.entryLayers.filter { profile.layerClass.indices.contains($0) }
    let chart = ProfileChart(
      means: profile.visionAttentionMean, deviations: profile.visionAttentionDeviation,
      classes: profile.layerClass.map(Int.init), rates: profile.retention,
      thresholds: [thresholds.attentive, thresholds.indifferent])
    let classes: [(name: String, value: Int32)] = [("attentive", 2), ("moderate", 1), ("indifferent", 0)]
    let counts = classes.map { kind in
      "\(layers.count { profile.layerClass[$0] == kind.value }) \(kind.name)"
    }
    let wide = layers.count { profile.visionAttentionMean[$0] < 1.5 * profile.visionAttentionDeviation[$0] }
    var others = text.kindsOfRecurrence
      .map { " Layers \(Wording.layers($0.layers)) are \($0.name), which have no attention." }.joined()
    if text.sharingLayers > 0 {
      others +=
        " Layers \(Wording.layers(Array(text.sharingStart..<text.layers))) read the keys and values of earlier ones."
    }
    section.body = [
      .figure(
        "profile", title: "Attention on the picture by layer",
        description: profile.visionAttentionMean.indices.map {
          "layer \($0): \(Wording.share(profile.visionAttentionMean[$0]))"
        }.joined(separator: ", "),
        caption:
          "\(Wording.list(counts)) of \(layers.count) layers (the fuller the bar, the more attentive): attentive from \(Wording.share(thresholds.attentive)), indifferent up to \(Wording.share(thresholds.indifferent)), the dotted lines. Orange diamonds: calibrated rates. In \(wide) layers the spread is more than two thirds of the mean: there the picture and the question decide, more than the layer.\(others)",
        draw: chart.draw),
      rates(profile), candidates(profile),
    ]
    return section
  }

  private func rates(_ profile: RetentionProfile) -> Markup {
    let points = plan.contents.points.filter { !$0.settings.isDense }
    let names = ["indifferent", "moderate", "attentive"]
    var table = DataTable(
      "Retention rates by layer",
      columns: ["layer", "class", "calibrated rate"] + points.map { named($0.name) })
    table.wordColumns = [1]
    for layer in profile.retention.indices {
      guard plan.contents.model.text.entryLayers.contains(layer) else { continue }
      let kind = Int(profile.layerClass[layer])
      table.append(
        [
          "\(layer)", .init(Markup(text: names.indices.contains(kind) ? names[kind] : "")),
          .level(profile.retention[layer]),
        ]
          + points.map { point in
            guard let retention = point.settings.cacheRetention else { return .level(1) }
            if retention.mode == .dynamic { return "by input" }
            return retention.rates.indices.contains(layer) ? .level(retention.rates[layer]) : ""
          })
    }
    return .heading(3, "Rates that the points use")
      + .p(
        "Share of a layer's visual cache entries that stay after the prompt was read, of those that token pruning has left. 100 % means that the point frees nothing there."
      ) + .element("div", class: "compact", table.markup)
  }

  private func candidates(_ profile: RetentionProfile) -> Markup {
    if profile.candidates.isEmpty { return Markup() }
    var table = DataTable(
      "Ways to choose cache entries",
      columns: ["ranked by", "spread evenly", "kept", "divergence", "divergence, long answers"])
    for row in profile.candidates {
      table.append([
        "\(row.ranking.rawValue)", "\(Wording.share(row.evenShare))", "\(Wording.share(row.rate))",
        "\(Wording.nats(row.divergence))", "\(Wording.nats(row.longAnswerDivergence))",
      ])
    }
    return .details(
      "Ways to choose the entries that were tried",
      .p(
        "Chosen in calibration: \(profile.ranking.rawValue) with \(Wording.share(profile.evenShare)) spread evenly; tuning may have taken another for a point. \"even\" and \"random\" are baselines."
      ) + table.markup)
  }
}

extension DataTable.Cell {
  /// A share with its colour behind it.
  static func level(_ share: Double) -> DataTable.Cell {
    guard share.isFinite else { return "-" }
    let level = Int((max(0, min(1, share)) * 10).rounded())
    return .init(Markup(text: "\(share * 100, decimals: 0) %"), style: "level n\(level)")
  }
}
