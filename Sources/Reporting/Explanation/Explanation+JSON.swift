public import Figures
import Inference
import Plan

extension Explanation {
  /// The object that `espalier explain --json` prints. Patches are numbered row by row within their block.
  public var json: JSON {
    .object([
      "point": .string(point.name), "answer": .string(answer), "dense_answer": .string(denseAnswer),
      "visual": .integer(fate.isKept.count), "visual_kept": .integer(fate.isKept.count { $0 }),
      "settings": point.settings.json,
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
