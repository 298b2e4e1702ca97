public import Figures
public import Plan
import PlanFile

/// What tables, pages and pictures say about the settings of one pruning method. A method without words of its own is
/// described by its fields.
protocol MethodWords: PruningMethod {
  /// The settings in a few words, part by part.
  var summary: [String] { get }
  /// The settings in a sentence's parts, for those who know none of the methods.
  var explanation: [String] { get }
  /// What the method leaves of the patches, as a panel of an overlay; `nil` where it drops none that a picture shows.
  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])?
}

extension MethodWords {
  /// Most methods drop nothing that a picture could show.
  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])? { nil }
}

extension PruningMethod {
  /// The settings by their names in the file.
  fileprivate var fieldWords: String {
    let name = Self.name.split(separator: "_").joined(separator: " ")
    let fields = storedFields.map { "\($0.name) \($0.value.json.line)" }
    return "\(name) (\(fields.joined(separator: ", ")))"
  }

  fileprivate var json: JSON { .object(storedFields.map { ($0.name, $0.value.json) }) }
}

extension PruningSettings {
  /// The settings in a few words.
  public var summary: String {
    let parts = used.flatMap { ($0 as? any MethodWords)?.summary ?? [$0.fieldWords] }
    return parts.isEmpty ? "nothing pruned" : parts.joined(separator: ", ")
  }

  /// The settings in sentences for those who know none of the methods.
  var explanation: String {
    let parts = used.flatMap { ($0 as? any MethodWords)?.explanation ?? ["uses \($0.fieldWords)"] }
    guard let last = parts.last else { return "leaves nothing out" }
    return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + ", and " + last
  }

  /// What each method leaves of the patches, as panels of an overlay.
  func panels(_ fate: PatchFate) -> [(title: String, shares: [Double])] {
    used.compactMap { ($0 as? any MethodWords)?.panel(fate) }
  }

  /// The settings as an object: a member a method in use, its fields as the file names them.
  public var json: JSON { .object(used.map { (type(of: $0).name, $0.json) }) }
}

extension AttributeValue {
  /// The value as JSON.
  var json: JSON {
    switch self {
    case .flag(let value): .bool(value)
    case .integer(let value): .integer(Int(value))
    case .unsigned(let value): .string("\(value)")
    case .real(let value): .number(value)
    case .text(let value): .string(value)
    case .integers(let values): .integers(values.map(Int.init))
    case .reals(let values): .numbers(values)
    case .texts(let values): .array(values.map { .string($0) })
    }
  }
}
