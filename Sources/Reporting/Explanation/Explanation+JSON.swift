public import Figures
import Inference
import PlanFormat

extension Explanation {
  /// The object that `espalier explain --json` prints. Patches are numbered row by row within their block.
  public var json: JSON {
    .object([
      "point": .string(point.name), "answer": .string(answer), "dense_answer": .string(denseAnswer),
      "visual": .integer(fate.isKept.count), "visual_kept": .integer(fate.isKept.count { $0 }),
      "token_pruning": point.settings.tokens.map { tokens in
        .object([
          "after_layer": .integer(tokens.layer), "rule": .string(tokens.rule.rawValue),
          "keep_ratio": .number(tokens.keepRatio), "recovery": .integer(tokens.recoveryStride),
        ])
      } ?? .null,
      "layer_reduction": point.settings.reduction.map { reduction in
        .object([
          "ffn_layers": .integers(reduction.feedForwardLayers),
          "neuron_share": .number(reduction.neuronShare),
          "attention_layers": .integers(reduction.attentionLayers),
          "attention_window": .integer(reduction.attentionWindow),
        ])
      } ?? .null,
      "cache_retention": point.settings.retention.map { retention in
        .object([
          "ranking": .string(retention.ranking.rawValue), "mode": .string(retention.mode.rawValue),
          "even_share": .number(retention.evenShare), "rates": .numbers(retention.rates),
        ])
      } ?? .null,
      "pictures": .array(
        pictures.map { picture in
          .object(["file": .string(picture.path), "blocks": .array(picture.blocks.map(json))])
        }),
    ])
  }

  private func json(_ block: Block) -> JSON {
    let (tokens, shares) = (block.tokens, fate.entryShares)
    let cached = fate.entries.map { heads in
      JSON.array(
        heads.map { head in
          .integers(head.filter { tokens.contains($0) }.map { $0 - tokens.lowerBound })
        })
    }
    return .object([
      "rows": .integer(block.view.rows), "columns": .integer(block.view.columns),
      "dropped_tokens": .integers(tokens.filter { !fate.isKept[$0] }.map { $0 - tokens.lowerBound }),
      "entry_share": .numbers(tokens.map { shares[$0] }),
      "cached_by_layer_and_head": .array(cached),
    ])
  }
}
