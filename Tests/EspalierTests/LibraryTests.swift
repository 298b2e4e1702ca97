import Espalier
import Foundation
import Synchronization
import TestSupport
import Testing

/// What an application sees: it imports `Espalier` and nothing else.
@Suite(.endsWithin(minutes: 2)) struct LibraryTests {
  private let folder: TemporaryFolder
  private let model: Espalier.Model
  private let picture: String

  init() throws {
    folder = try TemporaryFolder()
    model = try Model(contentsOf: try TinyContext.write(TinyContext.dialogueContents, in: folder))
    picture = try folder.write(TinyPicture.png(seed: 1), to: "picture.png")
  }

  private var short: AnswerOptions {
    var options = AnswerOptions()
    options.maxTokens = 6
    return options
  }

  @Test func `a dialogue answers prompt after prompt about its pictures`() throws {
    let dialogue = try Dialogue(Context(model), about: [.file(picture)])
    var streamed = ""
    let first = try dialogue.answer("why", short) { streamed += $0 }
    #expect(streamed == first.text && first.tokens.count <= 6 && first.point == "dense")
    #expect(first.promptTokens == 16 + 5 && first.visualTokens == (16, 16))
    #expect(first.times.firstToken >= first.times.prefill && first.times.prefill > .zero)
    let second = try dialogue.answer("and then", short)
    #expect(second.promptTokens > first.promptTokens)
  }

  @Test func `a picture in memory is the picture in its file`() throws {
    let fromFile = try Dialogue(Context(model), about: [.file(picture)]).answer("why", short)
    let fromBytes = try Dialogue(
      Context(model), about: [.bytes(TinyPicture.png(seed: 1), name: "camera")]
    ).answer("why", short)
    #expect(fromFile.tokens == fromBytes.tokens)
  }

  @Test func `a prompt without a picture is answered`() throws {
    let answer = try Dialogue(Context(model)).answer("why", short)
    #expect(answer.visualTokens == (0, 0) && !answer.tokens.isEmpty)
  }

  @Test func `a prompt that may need too much memory is refused`() throws {
    let small = try Dialogue(Context(model), about: [.file(picture)], maxBytes: 1 << 20)
    let error = #expect(throws: EspalierError.self) { try small.answer("why", short) }
    #expect(error?.kind == .settings && error?.description.contains("more than the limit of 1.0 MiB") == true)
    let large = try Dialogue(Context(model), about: [.file(picture)], maxBytes: 1 << 30)
    #expect(try !large.answer("why", short).tokens.isEmpty)
  }

  @Test func `a picture that a dialogue on the model has asked about is known to all of them`() throws {
    let first = try Dialogue(Context(model), about: [.file(picture)]).answer("why", short)
    #expect(first.knownPictures == 0 && first.times.vision > .zero && model.pictures.memoryBytes > 0)
    let second = try Dialogue(Context(model), about: [.file(picture)]).answer("why", short)
    #expect(second.knownPictures == 1 && second.times.vision == .zero && second.tokens == first.tokens)
    let without = try Model(contentsOf: folder.file("tiny.h5"), pictures: PictureCache(memoryBytes: 0))
    for _ in 0..<2 {
      #expect(try Dialogue(Context(without), about: [.file(picture)]).answer("why", short).knownPictures == 0)
    }
  }

  @Test func `with a folder it is known to later processes, too`() throws {
    for known in [0, 1] {
      let pictures = try PictureCache(folder: folder.file("pictures"), folderBytes: 1 << 20)
      let model = try Model(contentsOf: folder.file("tiny.h5"), pictures: pictures)
      let answer = try Dialogue(Context(model), about: [.file(picture)]).answer("why", short)
      #expect(answer.knownPictures == known)
    }
    let error = #expect(throws: EspalierError.self) { try PictureCache(folder: folder.file("tiny.h5")) }
    #expect(error?.kind == .settings && error?.description.contains("cannot keep pictures") == true)
  }

  @Test func `a plan that nobody signed is not trusted`() throws {
    let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
    let error = #expect(throws: EspalierError.self) {
      try Model(contentsOf: folder.file("tiny.h5"), trustedKeys: folder.write(key + "\n", to: "key.pub"))
    }
    #expect(error?.kind == .plan && error?.description.contains("there is no signature") == true)
  }

  @Test func `contexts on one model answer at once as they answer alone`() throws {
    let (model, picture, short) = (model, picture, short)
    let alone = try Dialogue(Context(model), about: [.file(picture)]).answer("why", short).tokens
    let pool = ThreadPool(threads: 2)
    let answers = Mutex<[[Int32]]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      let answer = try? Dialogue(Context(model, pool: pool), about: [.file(picture)]).answer("why", short)
      answers.withLock { $0.append(answer?.tokens ?? []) }
    }
    #expect(answers.withLock { $0 } == Array(repeating: alone, count: 4))
  }

  @Test func `errors say what is at fault, and the dialogue stands where it stood`() throws {
    func kind(_ body: () throws -> Void) -> EspalierError.Kind? {
      do { try body() } catch let error as EspalierError { return error.kind } catch {}
      return nil
    }
    #expect(kind { _ = try Model(contentsOf: "/no/such.h5") } == .plan)
    #expect(kind { _ = try Dialogue(Context(model), at: "quick") } == .plan)
    #expect(kind { _ = try Dialogue(Context(model), about: [.file("/no.png")]).answer("a") } == .image)
    #expect(kind { _ = try Dialogue(Context(model), about: [.bytes([1, 2])]).answer("a") } == .image)
    let dialogue = try Dialogue(Context(model), about: [.file(picture)])
    let expected = try dialogue.answer("why", short).tokens
    #expect(kind { _ = try dialogue.answer("") } == .prompt)
    #expect(kind { _ = try dialogue.answer(String(repeating: "x", count: 1000)) } == .prompt)
    var bad = short
    bad.topP = 0
    #expect(kind { _ = try dialogue.answer("why", bad) } == .settings)
    let stop = Cancellation()
    stop.cancel()
    #expect(kind { _ = try dialogue.answer("why", short, cancellation: stop) } == .cancelled)
    let fresh = try Dialogue(Context(model), about: [.file(picture)])
    #expect(try fresh.answer("why", short).tokens == expected)
    #expect(try dialogue.answer("then", short).tokens == fresh.answer("then", short).tokens)
  }

  @Test func `what a receiver of text throws ends the answer`() throws {
    struct Gone: Error {}
    var options = AnswerOptions()
    options.temperature = 3
    #expect(throws: Gone.self) {
      try Dialogue(Context(model), about: [.file(picture)]).answer("why", options) { _ in throw Gone() }
    }
  }
}
