import Plan

/// The `normalizer` of `tokenizer.json`: how text is changed before it is split.
enum NormalizerReader {
  static func read(_ root: Settings) throws(CheckpointError) -> [NormalizationStep] {
    guard let own = try root.child("normalizer") else { return [] }
    var steps: [NormalizationStep] = []
    for step in try own.steps("normalizers") { steps.append(try read(step: step)) }
    return steps
  }

  private static func read(step: Settings) throws(CheckpointError) -> NormalizationStep {
    let type = try step.text("type")
    switch type {
    case "Prepend": return .prepend(try step.text("prepend"))
    case "Replace": return .replace(try step.pattern("pattern"), content: try step.text("content"))
    case "NFC", "NFD", "NFKC", "NFKD": return .normalForm(NormalForm(rawValue: type.lowercased()) ?? .nfc)
    case "Strip":
      return .strip(left: try step.flag("strip_left"), right: try step.flag("strip_right"))
    case "Lowercase": return .lowercase
    default:
      throw step.error(
        "type",
        "is \(type), supported are Prepend, Replace, NFC, NFD, NFKC, NFKD, Strip, Lowercase and Sequence")
    }
  }
}
