import Evaluation
import Figures
import Plan

/// Figures in sentences.
enum Wording {
  static func share(_ value: Double) -> String { words(value, .share) }
  static func seconds(_ value: Double) -> String { words(value, .seconds) }
  static func nats(_ value: Double) -> String { words(value, .nats) }

  /// A figure whose unit stays on its line.
  static func words(_ value: Double, _ unit: Figure.Unit) -> String {
    let parts = Figure(value, unit).description.split(separator: " ")
    guard let number = parts.first, parts.count == 2 else { return Figure(value, unit).description }
    return "\(number)\u{A0}\(parts[1] == "us" ? "\u{B5}s" : parts[1])"
  }

  /// Percent points with their sign.
  static func signed(_ share: Double) -> String {
    share.isFinite ? "\(share > 0 ? "+" : "")\(100 * share, decimals: 1)" : "-"
  }

  /// "-0.5 points, 95 % interval -2.0 to +0.8"
  static func points(_ comparison: PairedComparison) -> String {
    let points = "\(signed(comparison.difference)) points"
    return comparison.hasInterval ? "\(points), 95\u{A0}% interval \(range(comparison))" : points
  }

  /// The interval of a difference; a dash where there is none.
  static func range(_ comparison: PairedComparison) -> String {
    guard comparison.hasInterval else { return "-" }
    return comparison.interval.map(signed).joined(separator: " to ")
  }

  static func interval(_ ends: [Double]) -> String { ends.map(share).joined(separator: " to ") }

  /// "a, b and c"
  static func list(_ words: [String]) -> String {
    guard let last = words.last else { return "" }
    return words.count == 1 ? last : "\(words.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// Layers in the order that they are given in.
  static func order(_ layers: [Int]) -> String { layers.map { "\($0)" }.joined(separator: ", ") }

  /// Layers as ranges: "0 to 3, 7 and 9 to 11".
  static func layers(_ list: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for layer in list.sorted() {
      if let last = ranges.last, last.upperBound + 1 >= layer {
        ranges[ranges.count - 1] = last.lowerBound...layer
      } else {
        ranges.append(layer...layer)
      }
    }
    return self.list(
      ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" })
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

  /// The verdict, marked, in front of what it is about.
  var words: Markup {
    switch self {
    case .worse: .element("span", class: "harm", "is WORSE than")
    case .unclear: .element("span", class: "unsure", "cannot be told from")
    case .better: .element("span", class: "gain", "is better than")
    }
  }

  /// The verdict alone, for a place that says what it is about.
  var verdict: Markup {
    switch self {
    case .worse: .element("span", class: "harm", "WORSE")
    case .unclear: .element("span", class: "unsure", "cannot be told")
    case .better: .element("span", class: "gain", "better")
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
    case .rule(.divprune): "the set of tokens that are least alike (DivPrune)"
    case .rule(.dart): "the tokens least like a few of large norm (DART)"
    case .rule(.cdpruner): "a set of tokens that is varied and near to the question (CDPruner)"
    case .rule(let rule): "the importance rule \(rule.rawValue) in the place of the point's own"
    case .fewestPixels: "fewer pixels for the model to see, nothing pruned, and as long until the first token"
    case .reducedImage: "a picture with less detail in the first place, and nothing pruned"
    case .shuffled: "the same amount of work left out, but in other layers; mean over several draws"
    case .noImage: "no picture at all: what the model guesses right from the question alone"
    }
  }
}

extension ImportanceRule {
  /// What stays under the rule, in a few words.
  var explanation: String {
    switch self {
    case .paper: "by the transport plan, with the update as the TopV paper prints it"
    case .sinkhorn: "by the transport plan: tokens that stand for many others at little cost"
    case .semiRelaxed: "the same, with only one side of the plan enforced"
    case .inverted: "the opposite of semi_relaxed: the odd ones first"
    case .random: "drawn by chance"
    case .stride: "evenly spaced over the picture"
    case .l2norm: "the largest norms"
    case .inverseL2norm: "the smallest norms"
    case .fastV: "what the last word of the prompt attends to"
    case .pooling: "means of neighbours"
    case .divprune: "the set whose members are least alike (DivPrune)"
    case .dart: "what is least like a few tokens of large norm (DART)"
    case .cdpruner: "a set that is both varied and near to the question (CDPruner)"
    }
  }
}
