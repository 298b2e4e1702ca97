extension MeasuredFigures {
  /// Demands shares in [0, 1] and amounts that are numbers.
  package func validate(_ path: String) throws(Flaw) {
    try require(samples, in: 0...1_000_000_000, "measured_samples", path)
    try require(accuracyInterval.count, in: 2...2, "length of measured_accuracy_interval", path)
    try require(divergenceInterval.count, in: 2...2, "length of measured_divergence_interval_nats", path)
    // Accuracies are NaN where the set has no answers.
    for value in [accuracy, denseAccuracy] + accuracyInterval where !value.isNaN {
      try require(value, from: 0, upTo: 1, "measured accuracy", path)
    }
    try requireFinite([divergence, agreement, visualKept] + divergenceInterval, "a measured figure", path)
    let amounts = [
      imageSeconds, visionSeconds, denseImageSeconds, denseVisualTokens, prefillSeconds, densePrefillSeconds,
      selectionSeconds, decodeSecondsPerToken,
      denseDecodeSecondsPerToken,
      kvBytes, denseKVBytes, visualEntryShare, decoderFLOPs, denseDecoderFLOPs,
    ]
    for amount in amounts { try require(amount, from: 0, "a measured amount", path) }
  }
}
