import Compute
import Plan
import Testing
import TestSupport

@testable import Inference
@testable import Models

/// The one loop of generation.
@Suite(.endsWithin(minutes: 1)) struct GenerationTests {
  private let folder: TemporaryFolder
  private let context: Context
  private let picture: String

  init() throws {
    folder = try TemporaryFolder()
    context = try TinyContext.open(in: folder)
    picture = try folder.write(TinyPicture.png(seed: 1), to: "picture.png")
  }

  private func ask(
    _ words: String = "why", _ options: GenerationOptions = GenerationOptions(maxTokens: 8),
    onText: (String) throws -> Void = { _ in }
  ) throws -> Answer {
    var question = Question(images: [.file(picture)], prompt: words)
    question.options = options
    return try context.answer(question, point: .dense, onText: onText)
  }

  /// Sampled at a temperature that makes the tiny model say all kinds of things, stop tokens aside.
  private func drawing(_ limit: Int) -> GenerationOptions {
    var options = GenerationOptions(maxTokens: limit)
    options.sampling.temperature = 3
    options.sampling.seed = 7
    options.ignoresStopTokens = true
    return options
  }

  @Test func `an answer has no more tokens than were asked for`() throws {
    for limit in [1, 2, 7] {
      let answer = try ask("why", drawing(limit))
      #expect(answer.tokens.count == limit && answer.finishReason == .length)
    }
  }

  @Test func `no tokens asked for, none given`() throws {
    let answer = try ask("why", drawing(0))
    #expect(answer.tokens.isEmpty && answer.text.isEmpty && answer.finishReason == .length)
  }

  @Test(arguments: [1, 2, 5]) func `an answer ends where the context is full`(room: Int) throws {
    // The prompt is a picture of 16 tokens, two of the template, and the words.
    let words = String(repeating: "x", count: context.model.text.contextLength - 18 - room)
    for limit in [room, room + 1, 1_000_000, .max] {
      let answer = try ask(words, drawing(limit))
      #expect(answer.tokens.count == room)
      #expect(answer.finishReason == (limit == room ? .length : .context))
    }
  }

  @Test func `a prompt that fills the context is refused, as it leaves no room for an answer`() throws {
    let limit = context.model.text.contextLength
    let error = #expect(throws: InferenceError.self) {
      try ask(String(repeating: "x", count: limit - 18))
    }
    #expect(
      error?.description
        == "prompt: has \(limit) tokens; the model takes \(limit), which leaves no room for an answer")
  }

  @Test func `pictures that the context has no room for are not encoded`() throws {
    // The first layer of the tower would see the cancellation.
    context.cancellation.cancel()
    let error = #expect(throws: InferenceError.self) {
      try context.answer(
        Question(images: Array(repeating: .file(picture), count: 20), prompt: "why"), point: .dense)
    }
    #expect(error?.description.hasPrefix("prompt: has 325 tokens; the model takes 256") == true)
  }

  @Test func `a huge limit reserves nothing beyond the context`() throws {
    var reader = PromptReader(context, images: [], schedule: Schedule(layers: 4), policy: .accept)
    let reading = try reader.read(context.model.layout(prompt: "why", images: 0), reserve: .max)
    let layers = reading.prefill.cache.keysAndValues
    #expect(layers.allSatisfy { $0.capacity <= context.model.text.contextLength })
  }

  @Test func `text up to a stop string is the answer, however tokens cut it`() throws {
    let whole = try ask("why", drawing(40)).text
    let characters = Array(whole)
    for (first, length) in [(0, 1), (3, 1), (4, 3), (9, 5), (20, 2)] where first + length <= characters.count
    {
      let stop = String(characters[first..<first + length])
      var options = drawing(40)
      options.stopStrings = ["never said", "", stop]
      var pieces = ""
      let answer = try ask("why", options) { pieces += $0 }
      let end = try #require(whole.utf8.firstRange(of: stop.utf8))
      #expect(Array(answer.text.utf8) == Array(whole.utf8[..<end.lowerBound]))
      #expect(pieces == answer.text && answer.finishReason == .stop)
    }
  }

  @Test func `without the stop string nothing of the text is lost`() throws {
    let whole = try ask("why", drawing(40)).text
    var options = drawing(40)
    options.stopStrings = [String(whole.suffix(3)) + "and more", "x" + String(repeating: "y", count: 50)]
    #expect(try ask("why", options).text == whole)
  }

  @Test func `who is asked stops between tokens, and the next question is answered`() throws {
    let dialogue = try Dialogue(context, point: .dense)
    var question = Question(images: [.file(picture)], prompt: "why")
    question.options = drawing(30)
    let expected = try dialogue.answer(question).tokens
    var pieces = 0
    let error = #expect(throws: InferenceError.self) {
      try dialogue.answer(question) { _ in
        pieces += 1
        if pieces == 3 { context.cancellation.cancel() }
      }
    }
    #expect(error == .cancelled && pieces == 3)
    context.cancellation = Cancellation()
    #expect(try dialogue.answer(question).tokens == expected)
  }

  @Test func `a prefill and a tower stop at their first layer when asked before`() throws {
    let prompt = try TinyModel.prompt(context)
    let prepared = try context.model.prepareImage(at: picture)
    context.cancellation.cancel()
    var watch = Watch()
    #expect(throws: InferenceError.cancelled) {
      _ = try context.prefill(prompt, schedule: Schedule(layers: 4), observer: &watch)
    }
    #expect(watch.layers == 0)
    #expect(throws: InferenceError.cancelled) { try context.encode(prepared) }
  }

  @Test func `a prefill stops between layers`() throws {
    let prompt = try TinyModel.prompt(context)
    var watch = Watch()
    watch.cancellation = context.cancellation
    #expect(throws: InferenceError.cancelled) {
      _ = try context.prefill(prompt, schedule: Schedule(layers: 4), observer: &watch)
    }
    #expect(watch.layers == 2)
  }

  @Test func `a picture is known by its bytes, not by its name`() throws {
    let dialogue = try Dialogue(context, point: .dense)
    func tokens(_ source: ImageSource) throws -> (tokens: [Int32], known: Int) {
      var question = Question(images: [source], prompt: "why")
      question.options = drawing(12)
      let answer = try dialogue.answer(question)
      return (answer.tokens, answer.knownTokens)
    }
    let first = try tokens(.file(picture))
    let bytes = TinyPicture.png(seed: 1)
    let again = try tokens(.bytes(bytes, name: "camera"))
    #expect(again.tokens == first.tokens && again.known > 0)
    // The camera overwrites its frame.
    _ = try folder.write(TinyPicture.png(seed: 9), to: "picture.png")
    let other = try tokens(.file(picture))
    #expect(other.known == 0 && other.tokens != first.tokens)
    #expect(try tokens(.bytes(bytes, name: "frame")).tokens == first.tokens)
  }

  private struct Watch: Observer {
    var layers = 0
    var cancellation: Cancellation?

    mutating func willRun(layer: Int, rows: TokenRows) {
      layers += 1
      if layers == 2 { cancellation?.cancel() }
    }
  }
}
