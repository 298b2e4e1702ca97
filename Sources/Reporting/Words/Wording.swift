import Evaluation
import Figures
import PlanFormat

/// Figures in sentences.
enum Wording {
  static func share(_ value: Double) -> String { Figure(value, .share).description }
  static func seconds(_ value: Double) -> String { Figure(value, .seconds).description }
  static func nats(_ value: Double) -> String { Figure(value, .nats).description }

  /// Percent points with their sign.
  static func signed(_ share: Double) -> String {
    share.isFinite ? "\(share > 0 ? "+" : "")\(100 * share, decimals: 1)" : "-"
  }

  /// "-0.5 points, 95 % interval -2.0 to +0.8"
  static func points(_ comparison: PairedComparison) -> String {
    "\(signed(comparison.difference)) points, 95 % interval \(range(comparison))"
  }

  static func range(_ comparison: PairedComparison) -> String {
    comparison.interval.map(signed).joined(separator: " to ")
  }

  static func interval(_ ends: [Double]) -> String { ends.map(share).joined(separator: " to ") }

  /// "a, b and c"
  static func list(_ words: [String]) -> String {
    guard let last = words.last else { return "" }
    return words.count == 1 ? last : "\(words.dropLast().joined(separator: ", ")) and \(last)"
  }

  static func layers(_ list: [Int]) -> String {
    list.isEmpty ? "none" : list.map { "\($0)" }.joined(separator: ", ")
  }

  /// A count with its noun, which takes an s.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

/// How one thing stands beside another: a difference counts only where its interval leaves zero out.
enum Standing {
  case worse
  case unclear
  case better

  init(_ comparison: PairedComparison) {
    self = !comparison.isClear ? .unclear : comparison.difference < 0 ? .worse : .better
  }

  /// The verdict, marked.
  func words(beside name: String) -> Markup {
    switch self {
    case .worse: .element("span", class: "harm", "WORSE than \(name)")
    case .unclear: .element("span", class: "unsure", "cannot be told from \(name)")
    case .better: .element("span", class: "gain", "better than \(name)")
    }
  }
}

extension Baseline {
  /// What it does, in a few words.
  var explanation: String {
    switch self {
    case .rule(.random): "as many visual tokens as the point keeps, drawn by chance; mean over several draws"
    case .rule(.stride): "as many tokens, evenly spaced over the picture"
    case .rule(.pooling): "means of neighbouring tokens instead of a choice among them"
    case .rule(.l2norm): "the tokens with the largest norms"
    case .rule(.inverseL2norm): "the tokens with the smallest norms"
    case .rule(.fastV): "the tokens that the last word of the question attends to most (FastV)"
    case .rule(let rule): "the importance rule \(rule.rawValue) in the place of the point's own"
    case .reducedImage: "a picture with less detail in the first place, and nothing pruned"
    case .shuffled: "the same amount of work left out, but in other layers; mean over several draws"
    case .noImage: "no picture at all: what the model guesses right from the question alone"
    }
  }
}
