import Foundation
import Tokenization

/// LLaVA's conversations, a JSON array of entries with `image` and `conversations` of `from` and `value`.
extension SampleSet {
  static func conversations(_ text: String, _ path: String) throws(SampleSetError) -> [Sample] {
    guard let entries = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any] else {
      throw SampleSetError(path, nil, "is not a JSON array")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    var samples: [Sample] = []
    for (index, entry) in entries.enumerated() {
      guard let object = entry as? [String: Any] else {
        throw SampleSetError(path, entry: index + 1, "is not an object")
      }
      guard let name = object["image"] as? String else {
        // Text alone teaches nothing about pictures.
        if object["image"] == nil { continue }
        throw SampleSetError(path, entry: index + 1, "'image' is not text")
      }
      samples.append(try conversation(object, picture: name, number: index + 1, path, folder))
    }
    return samples
  }

  /// The first question and, where it is answered, the first answer.
  private static func conversation(
    _ object: [String: Any], picture name: String, number: Int, _ path: String, _ folder: URL
  ) throws(SampleSetError) -> Sample {
    guard let turns = object["conversations"] as? [[String: Any]] else {
      throw SampleSetError(path, entry: number, "has no list 'conversations'")
    }
    guard let question = turns.firstIndex(where: { speaker($0) == .user }),
      let value = turns[question]["value"] as? String
    else { throw SampleSetError(path, entry: number, "has no question") }
    // Where the picture stands beside the text, the chat template of the model decides.
    let prompt = Conversation.Content.words(of: value)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard !prompt.isEmpty else { throw SampleSetError(path, entry: number, "has no question") }
    var answer: String?
    if question + 1 < turns.count, speaker(turns[question + 1]) == .model {
      answer = (turns[question + 1]["value"] as? String)?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let file = try picture(name, in: folder) { SampleSetError(path, entry: number, $0) }
    let id = object["id"].flatMap { $0 as? String ?? ($0 as? Int).map(String.init) }
    return Sample(
      id: id ?? "entry \(number)", images: [file], prompt: prompt, answer: answer, line: number)
  }

  private enum Speaker { case user, model }

  private static func speaker(_ turn: [String: Any]) -> Speaker? {
    switch turn["from"] as? String {
    case "human", "user": .user
    case "gpt", "assistant": .model
    default: nil
    }
  }
}

extension SampleSetError {
  /// An error about an entry of an array, counted from 1.
  fileprivate init(_ file: String, entry: Int, _ reason: String) {
    self.init(file, nil, "entry \(entry): \(reason)")
  }
}
