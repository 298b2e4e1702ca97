public import Figures
public import Plan

/// Operating points as a table and as JSON.
public enum PointTable {
  /// A row a point, and below them what each prunes.
  public static func text(_ points: [OperatingPoint]) -> String {
    var table = TextTable([
      "point", "accuracy", "95 % interval", "divergence", "agreement", "visual KV", "KV", "FLOPs", "picture",
      "prefill", "first token", "decode/token",
    ])
    for point in points {
      guard let figures = point.figures else {
        table.append([point.name, "not measured"])
        continue
      }
      table.append(
        [
          point.name, Figure(figures.accuracy, .share).description,
          // One sample says nothing about others.
          figures.samples > 1
            ? figures.accuracyInterval.map { Figure($0, .share).description }.joined(separator: " to ") : "",
          Figure(figures.divergence, .nats).description, Figure(figures.agreement, .share).description,
          Figure(figures.visualEntryShare, .share).description, Figure(figures.kvBytes, .bytes).description,
          Figure(figures.decoderFLOPs / figures.denseDecoderFLOPs, .share).description,
        ] + times(figures))
    }
    let indent = 2 + min(48, points.map(\.name.count).max() ?? 0)
    let settings = points.map { String.entry($0.name, $0.settings.summary, indent: indent) }
    return table.text + "\n\nsettings\n" + settings.joined(separator: "\n")
  }

  /// Times, where they were measured.
  private static func times(_ figures: MeasuredFigures) -> [String] {
    [
      figures.imageSeconds, figures.prefillSeconds, figures.firstTokenSeconds, figures.decodeSecondsPerToken,
    ].map { figures.hasTimes ? Figure($0, .seconds).description : "not timed" }
  }

  /// The points, and those of the front behind them.
  public static func json(_ points: [OperatingPoint], front: [OperatingPoint] = []) -> JSON {
    .object(["points": .array(points.map(json)), "front": .array(front.map(json))])
  }

  /// Settings and figures of one point.
  public static func json(_ point: OperatingPoint) -> JSON {
    var members: [(key: String, value: JSON)] = [
      ("name", .string(point.name)), ("settings", point.settings.json),
      ("summary", .string(point.settings.summary)),
    ]
    if let figures = point.figures {
      members += [
        ("samples", .integer(figures.samples)), ("accuracy", Figure(figures.accuracy, .share).json),
        ("interval", .numbers(figures.accuracyInterval)),
        ("dense_accuracy", Figure(figures.denseAccuracy, .share).json),
        ("divergence", Figure(figures.divergence, .nats).json),
        ("agreement", Figure(figures.agreement, .share).json),
        ("visual_kept", Figure(figures.visualKept, .count).json),
        ("visual_kv_share", Figure(figures.visualEntryShare, .share).json),
        ("kv_bytes", Figure(figures.kvBytes, .bytes).json),
        ("decoder_flops", Figure(figures.decoderFLOPs, .operations).json),
        ("dense_decoder_flops", Figure(figures.denseDecoderFLOPs, .operations).json),
        (
          "seconds",
          .object([
            "image": Figure(figures.imageSeconds, .seconds).json,
            "vision": Figure(figures.visionSeconds, .seconds).json,
            "prefill": Figure(figures.prefillSeconds, .seconds).json,
            "first_token": Figure(figures.firstTokenSeconds, .seconds).json,
            "dense_first_token": Figure(figures.denseFirstTokenSeconds, .seconds).json,
            "dense_prefill": Figure(figures.densePrefillSeconds, .seconds).json,
            "selection": Figure(figures.selectionSeconds, .seconds).json,
            "decode_per_token": Figure(figures.decodeSecondsPerToken, .seconds).json,
            "dense_decode_per_token": Figure(figures.denseDecodeSecondsPerToken, .seconds).json,
          ])
        ),
      ]
    }
    return .object(members)
  }
}
