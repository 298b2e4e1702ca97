public import Plan
import PlanFile

/// The part of a memory bound that no request changes. It goes over all tokens and weights, so a model computes it once.
public struct HeldMemory: Sendable {
  /// The weights, or as many of them as are in memory at once.
  var weights: Int
  /// Tables of the tokenizer and what else of the plan is held as values.
  let tables: Int

  /// What a plan takes.
  public init(_ contents: PlanContents) {
    weights = Int(bounding: Double(contents.weightBytes))
    tables = Self.tables(contents)
  }

  private static func tables(_ contents: PlanContents) -> Int {
    let tokenizer = contents.tokenizer
    let bytes = tokenizer.tokens.sum { Double($0.count) }
    // Each token is an array and an entry of two or three dictionaries; each merge an entry of one.
    var total = 400 * Double(tokenizer.tokens.count) + 6 * bytes + 160 * Double(tokenizer.merges.count)
    total += 2048 * Double(tokenizer.addedTokens.count)
    total += 8 * Double(contents.calibration?.layerReduction?.leading?.order.count ?? 0)
    total += 8 * Double(contents.calibration?.cacheRetention?.answers?.values.count ?? 0)
    // Patterns are compiled, and names of tensors are looked up.
    return Int(bounding: total + 4096 * Double(contents.model.weights.count) + 4_194_304)
  }
}
