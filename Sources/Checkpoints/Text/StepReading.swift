import JSONReading
import Plan
import Tokenization

/// What the parts of `tokenizer.json` have in common.
extension Settings {
  /// The steps of a part: itself, or those of a `Sequence` under `key`, in order.
  func steps(_ key: String) throws(CheckpointError) -> [Settings] {
    guard try text("type") == "Sequence" else { return [self] }
    var steps: [Settings] = []
    for (index, value) in try array(key).enumerated() {
      guard case .object(let object) = value else {
        throw error(key, "has \(value.summary), expected objects")
      }
      steps += try Settings(file: file, path: "\(path).\(key).\(index)", object: object).steps(key)
    }
    return steps
  }

  /// `{"String": ...}` or `{"Regex": ...}`, the latter one that the engine has.
  func pattern(_ key: String) throws(CheckpointError) -> TextPattern {
    guard let own = try child(key) else { throw error(key, "is missing") }
    if own["String"] != nil {
      let text = try own.text("String")
      guard !text.isEmpty else { throw own.error("String", "is empty") }
      return .literal(text)
    }
    let source = try own.text("Regex")
    do { try Tokenizer.checkExpression(source) } catch {
      throw own.error("Regex", "\(error)")
    }
    return .expression(source)
  }

  /// A text of one character.
  func character(_ key: String, default standard: String? = nil) throws(CheckpointError) -> String {
    let text = try text(key, default: standard)
    guard text.unicodeScalars.count == 1 else { throw error(key, "is \"\(text)\", expected one character") }
    return text
  }

  /// The name of a split behaviour, by any of the spellings in use.
  func behavior(_ key: String, default standard: String? = nil) throws(CheckpointError) -> SplitBehavior {
    let name = try text(key, default: standard)
    switch name {
    case "Isolated": return .isolated
    case "Removed": return .removed
    case "MergedWithPrevious": return .mergedWithPrevious
    case "MergedWithNext": return .mergedWithNext
    case "Contiguous": return .contiguous
    default:
      throw error(
        key,
        "is \(name), supported are Isolated, Removed, MergedWithPrevious, MergedWithNext and Contiguous")
    }
  }

  /// A count that is not negative.
  func count(_ key: String) throws(CheckpointError) -> Int {
    let value = try integer(key)
    guard (0...1024).contains(value) else { throw error(key, "is \(value), expected 0 to 1024") }
    return value
  }
}
