import Figures
import Output
import Plan

/// A calibration as tables: one row a layer, then the candidates of the two choices.
enum CalibrationTable {
  static func text(_ record: CalibrationRecord) -> String {
    let provenance = record.provenance
    let kernels = provenance.kernels.map { $0.printable(limit: 64) }.joined(separator: ", ")
    let parts = [
      "calibration on \(provenance.samples) samples, seed \(provenance.seed)"
        + (kernels.isEmpty ? "" : "; kernels: \(kernels)"),
      layers(record), record.tokenPruning.map(rules), record.cacheRetention.map(entries), pictures(record),
      record.narrowProducts.map(narrow),
    ]
    return parts.compactMap { $0 }.joined(separator: "\n\n")
  }

  private static func layers(_ record: CalibrationRecord) -> String? {
    let (lens, profile) = (record.layerReduction, record.cacheRetention)
    guard lens != nil || profile != nil else { return nil }
    var table = TextTable([
      "rank", "FFN layer", "divergence", "attention layer", "divergence", "layer", "visual attention",
      "deviation", "retention",
    ])
    // A plan may have one part and not the other, and attention in some layers alone.
    func cell<Value>(_ values: [Value]?, _ index: Int, _ text: (Value) -> String) -> String {
      values.map { $0.indices.contains(index) ? text($0[index]) : "" } ?? ""
    }
    func nats(_ values: [Double]?, _ index: Int) -> String {
      cell(values, index) { Figure($0, .nats).description }
    }
    func share(_ values: [Double]?, _ index: Int) -> String {
      cell(values, index) { Figure($0, .share).description }
    }
    for index in 0..<(lens?.feedForward.count ?? profile?.retention.count ?? 0) {
      table.append([
        "\(index + 1)", cell(lens?.feedForward, index) { "\($0)" },
        nats(lens?.feedForwardDivergence, index), cell(lens?.attention, index) { "\($0)" },
        nats(lens?.attentionDivergence, index), "\(index)", share(profile?.visionAttentionMean, index),
        share(profile?.visionAttentionDeviation, index), share(profile?.retention, index),
      ])
    }
    guard let lens else { return table.text }
    return "layers reduced one after the other (\(Figure(lens.neuronShare, .share)) of neurons, window "
      + "\(lens.attentionWindow);\ntext rows of all layers instead: \(Figure(lens.textRowDivergence, .nats)))\n"
      + table.text
  }

  private static func rules(_ search: CostSearch) -> String {
    let chosen = search.chosen
    // Rules that were behind ran on a part of the samples.
    let counts = search.candidates.contains { $0.samples != nil }
    var table = TextTable(
      ["rule"] + search.keepRatios.map { "keep \(Figure($0, .share))" } + (counts ? ["samples"] : []))
    for rule in ImportanceRule.allCases {
      let count = search.candidates.first { $0.settings.rule == rule }?.samples
      let cells = search.keepRatios.map { ratio in
        // The first candidate of a rule has the start weights.
        search.candidates.first { $0.settings.rule == rule && $0.settings.keepRatio == ratio }
          .map { Figure($0.divergence, .nats).description } ?? ""
      }
      table.append([rule.rawValue] + cells + [count.map { "\($0)" } ?? ""])
    }
    var best = chosen
    table.append(
      ["chosen"]
        + search.keepRatios.map { ratio in
          best.keepRatio = ratio
          return search.candidates.first { $0.settings == best }.map {
            Figure($0.divergence, .nats).description
          } ?? ""
        })
    return "divergence by importance rule at the start weights, tokens dropped after layer "
      + "\(search.candidates.first?.settings.layer ?? chosen.layer)\n\(table.text)\n"
      + "chosen: \(chosen.rule.rawValue) after layer \(chosen.layer), alpha \(chosen.cost.alpha), beta "
      + "\(chosen.cost.beta), gamma \(chosen.cost.gamma), sigma \(chosen.cost.sigma), epsilon \(chosen.cost.epsilon)"
  }

  /// What is lost by looking at less of a picture, method by method, from careful to bold.
  private static func pictures(_ record: CalibrationRecord) -> String? {
    var table = TextTable(
      ["less of a picture", "divergence", "agreement", "visual tokens", "tower", "samples"],
      wordColumns: [0])
    func append<Settings: CandidateSettings>(_ profile: HarmProfile<Settings>?) {
      for candidate in profile?.candidates.sorted(by: { $0.divergence < $1.divergence }) ?? [] {
        var settings = PruningSettings()
        settings.picture[keyPath: Settings.place] = candidate.settings
        table.append([
          settings.summary, Figure(candidate.divergence, .nats).description,
          Figure(candidate.agreement, .share).description, Figure(candidate.tokenShare, .share).description,
          Figure(candidate.towerShare, .share).description, candidate.samples.map { "\($0)" } ?? "",
        ])
      }
    }
    append(record.resolution)
    append(record.tileSelection)
    append(record.patchSelection)
    append(record.contrastSelection)
    append(record.towerPruning)
    append(record.towerDepth)
    for (index, divergence) in (record.towerReduction?.divergence ?? []).enumerated() {
      let share = record.towerReduction?.neuronShare ?? 1
      table.append([
        "\(Figure(share, .share)) of the tower's neurons in \(index + 1) layers",
        Figure(divergence, .nats).description, "", "100.0 %", "",
      ])
    }
    return table.isEmpty ? nil : table.text
  }

  /// What products lose whose activations have 7 bits, the least first.
  private static func narrow(_ harm: NarrowProductHarm) -> String {
    var table = TextTable(["activations of 7 bits", "divergence", "agreement"], wordColumns: [0])
    var chosen = harm.chosen
    chosen.name = "those chosen"
    for row in harm.products.sorted(by: { $0.divergence < $1.divergence }) + [chosen] {
      table.append([
        row.name, Figure(row.divergence, .nats).description, Figure(row.agreement, .share).description,
      ])
    }
    return table.text
  }

  private static func entries(_ profile: RetentionProfile) -> String {
    var table = TextTable(["KV entries ranked by", "spread evenly", "kept", "divergence", "long answers"])
    for row in profile.candidates {
      table.append([
        row.ranking.rawValue, Figure(row.evenShare, .share).description, Figure(row.rate, .share).description,
        Figure(row.divergence, .nats).description, Figure(row.longAnswerDivergence, .nats).description,
      ])
    }
    return table.text
  }
}
