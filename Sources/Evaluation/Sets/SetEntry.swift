import Foundation
import JSONReading
import Plan
import Tokenization

/// One entry of a file of samples: a JSON object and the place it is from. Both forms of files are read through this.
struct SetEntry {
  /// The most bytes of an entry, far more than any question with its answer has.
  static let sizeLimit = 1 << 20

  private let object: JSONObject
  /// Folder that pictures are named from.
  private let folder: URL
  /// An error at the place of the entry.
  let error: (String) -> SampleSetError

  /// Reads an entry that begins in `line` of the file.
  init(
    _ bytes: some Collection<UInt8>, line: Int, of path: String,
    error: @escaping (String) -> SampleSetError
  ) throws(SampleSetError) {
    folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    self.error = error
    guard bytes.count <= Self.sizeLimit else {
      throw error("has \(bytes.count) bytes, more than the limit of \(Self.sizeLimit)")
    }
    let bytes = Array(bytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SampleSetError(path, line, "is not UTF-8")
    }
    let value: JSON
    do { value = try JSONParser.parse(bytes) } catch {
      // In a file of lines the reason may be that objects are spread over several.
      let isOpen =
        text.first == "{" && text.last { !$0.isWhitespace } != "}"
        && !error.reason.hasPrefix("something follows")
      throw SampleSetError(
        path, line + error.line - 1,
        "is not valid JSON: \(error.reason)" + (isOpen ? " (an object of JSON Lines has one line)" : ""))
    }
    guard case .object(let object) = value else { throw error("is not a JSON object") }
    self.object = object
  }

  /// Text behind a key; `nil` where it is missing or null.
  func text(_ key: String) throws(SampleSetError) -> String? {
    switch object[key] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    default: throw error("'\(key)' is not text")
    }
  }

  /// The id, which people also number; `nil` where there is none.
  func id() throws(SampleSetError) -> String? {
    if case .integer(let number)? = object["id"] { return "\(number)" }
    return try text("id")
  }

  /// Whether the entry is about any picture.
  var hasPictures: Bool {
    ["image", "images"].contains { key in object[key].map { !$0.isNull } ?? false }
  }

  /// Paths of the pictures, which are there: text or a list, under `image` or `images`.
  func pictures() throws(SampleSetError) -> [String] {
    let keys = ["image", "images"].filter { key in object[key].map { !$0.isNull } ?? false }
    if keys.count > 1 { throw error("has both 'image' and 'images'") }
    guard let key = keys.first else { throw error("has no 'image'") }
    var names: [String] = []
    switch object[key] {
    case .string("")?: throw error("has no '\(key)'")
    case .string(let name)?: names = [name]
    case .array(let values)?:
      for value in values {
        guard case .string(let name) = value, !name.isEmpty else {
          throw error("'\(key)' is not a list of pictures")
        }
        names.append(name)
      }
      if names.isEmpty { throw error("'\(key)' is not a list of pictures") }
    default:
      throw error(
        key == "image" ? "'image' is neither text nor a list" : "'images' is not a list of pictures")
    }
    var files: [String] = []
    for name in names {
      let file = URL(fileURLWithPath: name, relativeTo: folder).path
      guard FileManager.default.fileExists(atPath: file) else { throw error("picture \(name) is not there") }
      files.append(file)
    }
    return files
  }

  /// Turns of a conversation, `from` and `value`.
  func turns() throws(SampleSetError) -> [(from: String, value: String)] {
    guard case .array(let values)? = object["conversations"] else {
      throw error("has no list 'conversations'")
    }
    var turns: [(from: String, value: String)] = []
    for value in values {
      guard case .object(let turn) = value, case .string(let from)? = turn["from"],
        case .string(let value)? = turn["value"]
      else { throw error("'conversations' has a turn without 'from' or 'value'") }
      turns.append((from, value))
    }
    return turns
  }

  /// Throws when a prompt does not fit its pictures.
  func check(_ prompt: String, pictures: Int) throws(SampleSetError) {
    do { _ = try Conversation(prompt).placing(images: pictures) } catch { throw self.error("\(error)") }
  }
}
