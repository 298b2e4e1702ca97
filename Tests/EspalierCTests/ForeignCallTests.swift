import CEspalier
import Espalier
import EspalierC
import TestSupport
import Testing

/// What callers in C meet: every function of `espalier.h`, its errors, and what it leaves behind.
@Suite(.endsWithin(minutes: 2)) struct ForeignCallTests {
  private let folder: TemporaryFolder
  private let plan: String
  private let picture: String

  init() throws {
    folder = try TemporaryFolder()
    plan = try TinyContext.write(TinyContext.dialogueContents, in: folder)
    picture = try folder.write(TinyPicture.png(seed: 1), to: "picture.png")
  }

  /// What a call that fails says.
  private func failure(
    _ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> espalier_status
  ) -> (status: Int, line: String) {
    var message: UnsafeMutablePointer<CChar>?
    let status = call(&message)
    defer { espalier_text_free(message) }
    return (Int(status), message.map { String(cString: $0) } ?? "")
  }

  /// Runs `body` on a dialogue about the picture.
  private func withDialogue(
    threads: UInt32 = 1, _ body: (OpaquePointer) throws -> Void
  ) throws {
    var (model, dialogue): (OpaquePointer?, OpaquePointer?)
    try #require(espalier_model_open(plan, 0, &model, nil) == 0)
    let context = try #require(espalier_context_new(model, threads))
    try picture.withCString { path in
      var image = espalier_image(path: path, bytes: nil, size: 0)
      try #require(espalier_dialogue_new(context, &image, 1, nil, nil, 0, &dialogue, nil) == 0)
    }
    // What a dialogue needs it keeps.
    espalier_model_free(model)
    espalier_context_free(context)
    defer { espalier_dialogue_free(dialogue) }
    try body(try #require(dialogue))
  }

  private var short: espalier_options {
    var options = espalier_options()
    options.size = MemoryLayout<espalier_options>.size
    options.max_tokens = 6
    options.top_p = 1
    return options
  }

  /// Pieces of an answer that a callback in C has been given.
  private final class Pieces {
    var text = ""
    /// Pieces behind which it wants no more.
    var most = Int.max
  }

  private static let collect: espalier_on_text = { text, bytes, user in
    guard let text, let user else { return 2 }
    let pieces = Unmanaged<Pieces>.fromOpaque(user).takeUnretainedValue()
    let piece = String(cString: text)
    pieces.text += piece
    pieces.most -= 1
    return piece.utf8.count == bytes && pieces.most > 0 ? 0 : 1
  }

  @Test func `answers are those of the library in Swift, turn after turn`() throws {
    var options = AnswerOptions()
    options.maxTokens = 6
    let own = try Dialogue(Context(Model(contentsOf: plan)), about: [.file(picture)])
    try withDialogue { dialogue in
      for prompt in ["why", "and then"] {
        var (answer, count, foreign) = (OpaquePointer?.none, 0, short)
        let pieces = Pieces()
        let user = Unmanaged.passUnretained(pieces).toOpaque()
        try #require(espalier_ask(dialogue, prompt, &foreign, Self.collect, user, nil, &answer, nil) == 0)
        defer { espalier_answer_free(answer) }
        let expected = try own.answer(prompt, options)
        let tokens = espalier_answer_tokens(answer, &count)
        #expect(Array(UnsafeBufferPointer(start: tokens, count: count)) == expected.tokens)
        #expect(
          String(cString: espalier_answer_text(answer)) == expected.text && pieces.text == expected.text)
        #expect(String(cString: espalier_answer_finish(answer)) == expected.finishReason.rawValue)
        var figures = espalier_figures()
        espalier_answer_figures(answer, &figures, MemoryLayout<espalier_figures>.size)
        #expect(figures.prompt_tokens == expected.promptTokens && figures.visual_tokens == 16)
        #expect(figures.cache_bytes == expected.cacheBytes && figures.first_token > 0)
      }
    }
  }

  @Test func `a smaller structure of figures gets no more than it has room for`() throws {
    try withDialogue { dialogue in
      var (answer, foreign) = (OpaquePointer?.none, short)
      try #require(espalier_ask(dialogue, "why", &foreign, nil, nil, nil, &answer, nil) == 0)
      defer { espalier_answer_free(answer) }
      var figures = espalier_figures()
      figures.visual_tokens = 99
      espalier_answer_figures(answer, &figures, MemoryLayout<Int>.size)
      #expect(figures.prompt_tokens > 0 && figures.visual_tokens == 99)
    }
  }

  @Test func `a picture in memory is the picture in its file`() throws {
    var model: OpaquePointer?
    try #require(espalier_model_open(plan, 1, &model, nil) == 0)
    defer { espalier_model_free(model) }
    let context = espalier_context_new(model, 0)
    defer { espalier_context_free(context) }
    var (dialogue, answer, count, foreign) = (OpaquePointer?.none, OpaquePointer?.none, 0, short)
    try TinyPicture.png(seed: 1).withUnsafeBytes { bytes in
      var image = espalier_image(path: nil, bytes: bytes.baseAddress, size: bytes.count)
      try #require(espalier_dialogue_new(context, &image, 1, "dense", nil, 0, &dialogue, nil) == 0)
    }
    defer { espalier_dialogue_free(dialogue) }
    try #require(espalier_ask(dialogue, "why", &foreign, nil, nil, nil, &answer, nil) == 0)
    defer { espalier_answer_free(answer) }
    let tokens = espalier_answer_tokens(answer, &count)
    let own = try Dialogue(Context(Model(contentsOf: plan)), about: [.file(picture)])
    var options = AnswerOptions()
    options.maxTokens = 6
    #expect(
      Array(UnsafeBufferPointer(start: tokens, count: count)) == (try own.answer("why", options)).tokens)
  }

  @Test func `points have names, and the last is followed by nothing`() throws {
    var model: OpaquePointer?
    try #require(espalier_model_open(plan, 0, &model, nil) == 0)
    defer { espalier_model_free(model) }
    let count = espalier_model_point_count(model)
    let names = (0..<count).map { String(cString: espalier_model_point(model, $0)) }
    #expect(names == (try Model(contentsOf: plan)).points && names.contains("dense"))
    #expect(espalier_model_point(model, count) == nil)
    #expect(espalier_model_context_length(model) > 0)
    #expect(String(cString: espalier_version()).contains("."))
  }

  @Test func `who wants no more text gets no answer, and the dialogue goes on`() throws {
    try withDialogue { dialogue in
      let pieces = Pieces()
      pieces.most = 1
      let user = Unmanaged.passUnretained(pieces).toOpaque()
      var (answer, foreign) = (OpaquePointer?.none, short)
      let ended = failure {
        espalier_ask(dialogue, "why", &foreign, Self.collect, user, nil, &answer, $0)
      }
      #expect(ended.status == ESPALIER_CANCELLED && answer == nil)
      #expect(espalier_ask(dialogue, "why", &foreign, nil, nil, nil, &answer, nil) == 0)
      espalier_answer_free(answer)
    }
  }

  @Test func `a cancelled answer says so`() throws {
    try withDialogue { dialogue in
      let cancellation = espalier_cancellation_new()
      defer { espalier_cancellation_free(cancellation) }
      espalier_cancel(cancellation)
      var (answer, foreign) = (OpaquePointer?.none, short)
      let ended = failure { espalier_ask(dialogue, "why", &foreign, nil, nil, cancellation, &answer, $0) }
      #expect(ended.status == ESPALIER_CANCELLED && !ended.line.isEmpty)
    }
  }

  @Test func `an answer holds a schema`() throws {
    try withDialogue { dialogue in
      var (answer, foreign) = (OpaquePointer?.none, short)
      try "{\"type\": \"boolean\"}".withCString { schema in
        foreign.json_schema = schema
        try #require(espalier_ask(dialogue, "why", &foreign, nil, nil, nil, &answer, nil) == 0)
        #expect(["true", "false"].contains(String(cString: espalier_answer_text(answer))))
        espalier_answer_free(answer)
        foreign.grammar = schema
        let both = failure { espalier_ask(dialogue, "why", &foreign, nil, nil, nil, &answer, $0) }
        #expect(both.status == ESPALIER_SETTINGS && both.line.contains("exclude each other"))
      }
    }
  }

  @Test func `errors are values with one line`() throws {
    var (model, dialogue, answer) = (OpaquePointer?.none, OpaquePointer?.none, OpaquePointer?.none)
    let missing = failure { espalier_model_open("/nowhere.h5", 0, &model, $0) }
    #expect(missing.status == ESPALIER_PLAN && missing.line.contains("/nowhere.h5") && model == nil)
    #expect(espalier_model_open("/nowhere.h5", 0, &model, nil) == ESPALIER_PLAN)
    let unsigned = failure { espalier_model_open_signed(plan, "/nowhere.pub", &model, $0) }
    #expect(unsigned.status == ESPALIER_PLAN && unsigned.line.contains("/nowhere.pub"))
    try withDialogue { dialogue in
      var foreign = short
      let empty = failure { espalier_ask(dialogue, "", &foreign, nil, nil, nil, &answer, $0) }
      #expect(empty.status == ESPALIER_PROMPT, "\(empty.line)")
      foreign.temperature = -1
      let cold = failure { espalier_ask(dialogue, "why", &foreign, nil, nil, nil, &answer, $0) }
      #expect(cold.status == ESPALIER_SETTINGS, "\(cold.line)")
    }
    try #require(espalier_model_open(plan, 0, &model, nil) == 0)
    defer { espalier_model_free(model) }
    let context = espalier_context_new(model, 1)
    defer { espalier_context_free(context) }
    let unknown = failure { espalier_dialogue_new(context, nil, 0, "swift", nil, 0, &dialogue, $0) }
    #expect(unknown.status != 0 && unknown.line.contains("swift") && dialogue == nil)
  }

  @Test func `what may not be NULL, and what is no UTF-8, is said`() throws {
    var (model, dialogue, answer) = (OpaquePointer?.none, OpaquePointer?.none, OpaquePointer?.none)
    for line in [
      failure { espalier_model_open(nil, 0, &model, $0) }, failure { espalier_model_open(plan, 0, nil, $0) },
      failure { espalier_model_point_within(nil, 1, nil, $0) },
      failure { espalier_dialogue_new(nil, nil, 0, nil, nil, 0, &dialogue, $0) },
      failure { espalier_ask(nil, "why", nil, nil, nil, nil, &answer, $0) },
    ] {
      #expect(line.status == ESPALIER_MISUSE && line.line.hasSuffix("is NULL"), "\(line.line)")
    }
    let notText: [CChar] = [-1, -2, 0]
    let odd = failure { message in
      notText.withUnsafeBufferPointer { espalier_model_open($0.baseAddress, 0, &model, message) }
    }
    #expect(odd.status == ESPALIER_MISUSE && odd.line == "path is no UTF-8")
    #expect(espalier_context_new(nil, 1) == nil)
    for free in [
      espalier_model_free, espalier_context_free, espalier_dialogue_free, espalier_answer_free,
      espalier_cancellation_free,
    ] { free(nil) }
    try withDialogue { dialogue in
      var foreign = short
      foreign.size = 8
      let old = failure { espalier_ask(dialogue, "why", &foreign, nil, nil, nil, &answer, $0) }
      #expect(old.status == ESPALIER_MISUSE && old.line.contains("ESPALIER_OPTIONS"))
    }
  }
}
