public import Figures
import Output
import Plan
public import PlanFile

/// What a plan holds, as tables and as JSON.
public struct PlanInspection {
  private let plan: Plan
  private let memory: MemoryTable?

  /// An inspection of an open plan, perhaps with the memory of a request.
  public init(_ plan: Plan, memory: MemoryTable? = nil) {
    self.plan = plan
    self.memory = memory
  }

  /// Everything as an object.
  public var json: JSON {
    let model = plan.contents.model
    return .object([
      "plan": .string(plan.path), "producer": .string(plan.producer),
      "file_bytes": Figure(Double(plan.fileSize), .bytes).json,
      "weights": .object([
        "format": .string(plan.weights.format.rawValue), "tensors": .integer(plan.weights.names.count),
        "bytes": Figure(Double(plan.weights.byteCount), .bytes).json, "digest": .string(plan.weightsDigest),
        "narrow_products": .array(plan.contents.narrowProducts.map { .string($0) }),
      ]),
      "model": .object([
        "family": .string(model.family), "layers": .integer(model.text.layers),
        "width": .integer(model.text.width),
        "query_heads": .integer(model.text.queryHeads), "kv_heads": .integer(model.text.keyValueHeads),
        "vocabulary": .integer(model.text.vocabulary), "vision_layers": .integer(model.vision.layers),
        "visual_tokens": .integer(model.tokensPerTile),
      ]),
      "calibration": plan.contents.calibration.map(calibration) ?? .null,
      "points": .array(plan.contents.points.map(PointTable.json)),
      "front": .array(plan.contents.front.map(PointTable.json)),
      "memory": memory?.json ?? .null,
    ])
  }

  /// Everything as tables.
  public var text: String {
    let model = plan.contents.model
    var lines = [
      "\(plan.path.printable()): \(Figure(Double(plan.fileSize), .bytes)), "
        + "written by \(plan.producer.printable(limit: 64))",
      "model     \(model.family.printable(limit: 64)): \(model.vision.layers) vision layers of width \(model.vision.width), "
        + "\(model.tokensPerTile) visual tokens;",
      "          \(model.text.layers) decoder layers of width "
        + "\(model.text.width), \(model.text.queryHeads) query and \(model.text.keyValueHeads) KV heads"
        + model.text.kindsOfRecurrence.map { "; \($0.layers.count) are \($0.name)" }.joined(),
      "weights   \(plan.weights.names.count) tensors, \(plan.weights.format.rawValue), "
        + "\(Figure(Double(plan.weights.byteCount), .bytes))",
    ]
    if !plan.contents.narrowProducts.isEmpty {
      lines.append("          activations of 7 bits: \(plan.contents.narrowProducts.joined(separator: ", "))")
    }
    if let record = plan.contents.calibration { lines += ["", CalibrationTable.text(record)] }
    if !plan.contents.points.isEmpty { lines += ["", PointTable.text(plan.contents.points)] }
    if !plan.contents.front.isEmpty {
      lines += ["", "the front behind them", PointTable.text(plan.contents.front)]
    }
    if let memory { lines += ["", memory.text] }
    return lines.joined(separator: "\n")
  }

  /// A part that was not made is null.
  private func calibration(_ record: CalibrationRecord) -> JSON {
    .object([
      "samples": .integer(record.provenance.samples),
      "kernels": .array(record.provenance.kernels.map { .string($0) }),
      "layer_reduction": record.layerReduction.map(part) ?? .null,
      "cache_retention": record.cacheRetention.map(part) ?? .null,
      "token_pruning": record.tokenPruning.map(part) ?? .null,
      "horizon": record.horizon.map { .object(["divergence": .numbers($0.divergence)]) } ?? .null,
    ])
  }

  private func part(_ rankings: LayerRankings) -> JSON {
    .object([
      "ffn_ranking": .integers(rankings.feedForward),
      "ffn_divergence": .numbers(rankings.feedForwardDivergence),
      "attention_ranking": .integers(rankings.attention),
      "attention_divergence": .numbers(rankings.attentionDivergence),
      "text_row_divergence": .number(rankings.textRowDivergence),
    ])
  }

  private func part(_ profile: RetentionProfile) -> JSON {
    .object([
      "vision_attention_mean": .numbers(profile.visionAttentionMean),
      "vision_attention_std": .numbers(profile.visionAttentionDeviation),
      "retention": .numbers(profile.retention),
      "ranking": .string(profile.ranking.rawValue),
      "even_share": .number(profile.evenShare),
      "candidates": .array(
        profile.candidates.map { row in
          .object([
            "ranking": .string(row.ranking.rawValue), "even_share": .number(row.evenShare),
            "rate": .number(row.rate), "divergence": .number(row.divergence),
            "divergence_long_answers": .number(row.longAnswerDivergence),
          ])
        }),
    ])
  }

  private func part(_ search: CostSearch) -> JSON {
    .object([
      "rule": .string(search.chosen.rule.rawValue),
      "prune_layer": .integer(search.chosen.layer),
      "candidates": .array(
        search.candidates.map { row in
          .object([
            "rule": .string(row.settings.rule.rawValue), "keep_ratio": .number(row.settings.keepRatio),
            "prune_layer": .integer(row.settings.layer), "alpha": .number(row.settings.cost.alpha),
            "beta": .number(row.settings.cost.beta), "gamma": .number(row.settings.cost.gamma),
            "sigma": .number(row.settings.cost.sigma), "epsilon": .number(row.settings.cost.epsilon),
            "divergence": .number(row.divergence),
            "samples": row.samples.map { .integer($0) } ?? .null,
          ])
        }),
    ])
  }
}
