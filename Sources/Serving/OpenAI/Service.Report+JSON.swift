import Espalier
import Figures
import FoundationEssentials

extension Service.Report {
  /// OpenAI's counts.
  var usage: Figures.JSON {
    .object([
      "prompt_tokens": .integer(promptTokens), "completion_tokens": .integer(answerTokens),
      "total_tokens": .integer(promptTokens + answerTokens),
      "prompt_tokens_details": .object(["cached_tokens": .integer(knownTokens)]),
    ])
  }

  /// Times of all stages in milliseconds, and what pruning left.
  var figures: [(key: String, value: Figures.JSON)] {
    func milliseconds(_ seconds: Double) -> Figures.JSON { .number((seconds * 1e6).rounded() / 1e3) }
    let steps = Double(max(0, answerTokens - 1))
    let timings = Figures.JSON.object([
      "queue_ms": milliseconds(queue), "image_ms": milliseconds(image), "vision_ms": milliseconds(vision),
      "prefill_ms": milliseconds(prefill), "selection_ms": milliseconds(selection),
      "lent_ms": milliseconds(lent),
      "first_token_ms": milliseconds(firstToken), "decode_ms": milliseconds(decode),
      "decode_tokens_per_second": decode > 0 ? .number((steps / decode * 100).rounded() / 100) : .null,
    ])
    var own: [(key: String, value: Figures.JSON)] = [
      ("point", .string(point)), ("visual_tokens", .integer(visualTokens)),
      ("visual_kept", .integer(visualKept)),
      ("known_pictures", .integer(knownPictures)), ("known_tokens", .integer(knownTokens)),
      ("kv_bytes", .integer(cacheBytes)),
    ]
    if !views.isEmpty { own.append(("pictures", .array((0..<pictures).map(picture)))) }
    return [("timings", timings), ("espalier", .object(own))]
  }

  /// The grids of a picture, each on what the tower saw under it.
  private func picture(_ number: Int) -> Figures.JSON {
    let grids = views.filter { $0.picture == number }.map { view in
      Figures.JSON.object([
        "image": .string("data:image/png;base64,\(Data(view.png).base64EncodedString())"),
        "rows": .integer(view.rows), "columns": .integer(view.columns), "kept": .integers(view.kept),
      ])
    }
    return .object(["grids": .array(grids)])
  }
}
