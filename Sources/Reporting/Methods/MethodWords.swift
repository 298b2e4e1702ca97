public import Figures
public import PlanFormat

/// What tables, pages and pictures say about the settings of one pruning method.
protocol MethodWords {
  /// Name of the method in JSON.
  static var name: String { get }
  /// The settings in a few words, part by part.
  var summary: [String] { get }
  /// The settings in a sentence's parts, for those who know none of the methods.
  var explanation: [String] { get }
  /// The settings as an object.
  var json: JSON { get }
  /// What the method leaves of the patches, as a panel of an overlay; `nil` where it drops none.
  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])?
}

extension MethodWords {
  /// Most methods drop nothing that a picture could show.
  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])? { nil }
}

extension PruningSettings {
  /// The methods in use, in the order in which they act.
  var words: [any MethodWords] {
    let all: [(any MethodWords)?] = [tokenPruning, layerReduction, cacheRetention, horizon]
    return all.compactMap(\.self)
  }

  /// The settings in a few words.
  public var summary: String {
    let parts = words.flatMap(\.summary)
    return parts.isEmpty ? "nothing pruned" : parts.joined(separator: ", ")
  }

  /// The settings in sentences for those who know none of the methods.
  var explanation: String {
    let parts = words.flatMap(\.explanation)
    guard let last = parts.last else { return "leaves nothing out" }
    return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + ", and " + last
  }

  /// The settings as an object, a member a method in use.
  public var json: JSON { .object(words.map { (type(of: $0).name, $0.json) }) }
}
