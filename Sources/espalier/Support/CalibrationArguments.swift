import ArgumentParser
import Calibration

/// Options of every verb that calibrates.
struct CalibrationArguments: ParsableArguments {
  @Option(help: "Calibration samples to use, evenly spaced over the set; 0 for all.")
  var limit: Int = 80

  @Option(help: "Of those, samples to rank layers on.")
  var rankingLimit: Int = 32

  @Option(help: "Seed of every random choice.")
  var seed: UInt64 = 0

  @Option(help: "Layers that are ranked first without a search, deepest first.")
  var priorLayers: Int = 0

  @Option(
    help: "Visual keys that a visual query sees in a hollow layer. (default: an eighth of the visual tokens)")
  var window: Int?

  @Option(
    help: ArgumentHelp(
      """
      Round activations of int8 products to 7 bits, which processors without VNNI multiply faster, for as many products as \
      lose no more than this together: a mean divergence such as 0.0003. (default: 8 bits everywhere)
      """, valueName: "nats"))
  var narrowHarm: Double?

  /// The options of a calibration.
  func options(_ effort: EffortArguments) -> CalibrationOptions {
    var options = CalibrationOptions()
    options.maxTokens = effort.maxTokens
    options.isExhaustive = effort.exhaustive
    options.limit = limit == 0 ? nil : limit
    options.rankingLimit = rankingLimit
    options.seed = seed
    options.priorLayers = priorLayers
    options.attentionWindow = window
    options.narrowHarm = narrowHarm
    return options
  }

  func validate() throws {
    try OptionRange.check("limit", limit, 0...OptionRange.samples.upperBound)
    try OptionRange.check("ranking-limit", rankingLimit, OptionRange.samples)
    try OptionRange.check("prior-layers", priorLayers, OptionRange.layers)
    try OptionRange.check("window", window, OptionRange.tokens)
    if let narrowHarm, !(narrowHarm >= 0 && narrowHarm.isFinite) {
      throw ValidationError("--narrow-harm takes a number of nats, at least 0.")
    }
  }
}
