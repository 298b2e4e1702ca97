import Figures
import PlanFormat

/// Operating points as a table and as JSON.
enum PointTable {
  static func text(_ points: [OperatingPoint]) -> String {
    var table = TextTable([
      "point", "accuracy", "95 % interval", "divergence", "agreement", "visual KV", "KV", "FLOPs", "prefill",
      "decode/token", "settings",
    ])
    for point in points {
      guard let figures = point.figures else {
        table.append([point.name, "not measured", "", "", "", "", "", "", "", "", describe(point.settings)])
        continue
      }
      table.append([
        point.name, Figure(figures.accuracy, .share).description,
        figures.accuracyInterval.map { Figure($0, .share).description }.joined(separator: " to "),
        Figure(figures.divergence, .nats).description, Figure(figures.agreement, .share).description,
        Figure(figures.visualEntryShare, .share).description, Figure(figures.kvBytes, .bytes).description,
        Figure(figures.decoderFLOPs / figures.denseDecoderFLOPs, .share).description,
        Figure(figures.prefillSeconds, .seconds).description,
        Figure(figures.decodeSecondsPerToken, .seconds).description, describe(point.settings),
      ])
    }
    return table.text
  }

  static func json(_ points: [OperatingPoint], front: [OperatingPoint] = []) -> JSON {
    .object(["points": .array(points.map(json)), "front": .array(front.map(json))])
  }

  static func json(_ point: OperatingPoint) -> JSON {
    var members: [(key: String, value: JSON)] = [
      ("name", .string(point.name)), ("settings", .string(describe(point.settings))),
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
            "prefill": Figure(figures.prefillSeconds, .seconds).json,
            "first_token": Figure(figures.firstTokenSeconds, .seconds).json,
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

  /// Settings in a few words.
  static func describe(_ settings: PruningSettings) -> String {
    var parts: [String] = []
    if let tokens = settings.tokens {
      let recovery = tokens.recoveryStride > 0 ? ", every \(tokens.recoveryStride)th back" : ""
      parts.append(
        "keep \(Figure(tokens.keepRatio, .share)) of tokens after layer \(tokens.layer) (\(tokens.rule.rawValue)\(recovery))"
      )
    }
    if let reduction = settings.reduction {
      if !reduction.feedForwardLayers.isEmpty {
        parts.append(
          "\(Figure(reduction.neuronShare, .share)) of neurons in \(reduction.feedForwardLayers.count) layers"
        )
      }
      if !reduction.attentionLayers.isEmpty {
        parts.append("window \(reduction.attentionWindow) in \(reduction.attentionLayers.count) layers")
      }
    }
    if let retention = settings.retention {
      let rates =
        retention.mode == .dynamic
        ? "dynamic"
        : "\(Figure(retention.rates.reduce(0, +) / Double(max(1, retention.rates.count)), .share)) on average"
      parts.append("visual KV \(rates) (\(retention.ranking.rawValue))")
    }
    return parts.isEmpty ? "nothing pruned" : parts.joined(separator: ", ")
  }
}
