import JSONReading
import Plan
import Tokenization

/// LLaVA's conversations, a JSON array of entries with `image` and `conversations` of `from` and `value`.
extension SampleSet {
  static func conversations(
    _ elements: JSONElements, _ path: String, leavingOut leftOut: inout LeftOut
  ) throws(SampleSetError) -> [Sample] {
    var samples: [Sample] = []
    for (index, element) in elements.enumerated() {
      if let problem = element.problem {
        throw SampleSetError(path, element.line, "is not valid JSON: \(problem)")
      }
      let entry = try SetEntry(element.bytes, line: element.line, of: path) { reason in
        SampleSetError(path, nil, "entry \(index + 1): \(reason)")
      }
      // Text alone teaches nothing about pictures.
      if entry.hasPictures {
        samples.append(try conversation(entry, number: index + 1, line: element.line))
      } else {
        leftOut.add(.withoutPicture)
      }
    }
    return samples
  }

  /// The first question and, where it is answered, the first answer.
  private static func conversation(
    _ entry: SetEntry, number: Int, line: Int
  ) throws(SampleSetError) -> Sample {
    let pictures = try entry.pictures()
    let turns = try entry.turns()
    guard let question = turns.firstIndex(where: { speaker($0.from) == .user }) else {
      throw entry.error("has no question")
    }
    // Where one picture stands beside the text, the chat template of the model decides; several have places.
    let value = turns[question].value
    let words = Conversation.Content.words(of: value).trimmed
    guard !words.isEmpty else { throw entry.error("has no question") }
    let prompt = pictures.count == 1 ? words : value.trimmed
    try entry.check(prompt, pictures: pictures.count)
    var answer: String?
    if question + 1 < turns.count, speaker(turns[question + 1].from) == .model {
      answer = turns[question + 1].value
    }
    return Sample(
      id: try entry.id() ?? "entry \(number)", images: pictures, prompt: prompt, answer: answer, line: line)
  }

  private enum Speaker { case user, model }

  private static func speaker(_ name: String) -> Speaker? {
    switch name {
    case "human", "user": .user
    case "gpt", "assistant": .model
    default: nil
    }
  }
}
