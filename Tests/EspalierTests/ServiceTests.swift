import Espalier
import Foundation
import Plan
import TestSupport
import Testing

/// Many requests at once on one model.
@Suite(.endsWithin(minutes: 3)) struct ServiceTests {
  private let folder: TemporaryFolder
  private let model: Espalier.Model
  private let pictures: [Image]

  init() throws {
    folder = try TemporaryFolder()
    model = try Model(contentsOf: try TinyContext.write(TinyContext.dialogueContents, in: folder))
    pictures = (1...3).map { .bytes(TinyPicture.png(seed: $0), name: "picture") }
  }

  /// Greedy or drawn, each index in another way.
  private func options(_ index: Int, tokens: Int = 24) -> AnswerOptions {
    var options = AnswerOptions()
    options.maxTokens = tokens
    options.temperature = index % 2 == 0 ? 0 : 2
    options.seed = UInt64(index)
    return options
  }

  private func request(_ index: Int, tokens: Int = 24) -> Service.Request {
    var request = Service.Request(
      Service.Prompt(question: [.image(pictures[index % 3]), .text("why \(index)")]))
    request.options = options(index, tokens: tokens)
    return request
  }

  /// What a dialogue answers that knows nothing of others.
  private func alone(_ index: Int, tokens: Int = 24) throws -> Espalier.Answer {
    let plain = try Model(contentsOf: folder.file("tiny.h5"), pictures: PictureCache(memoryBytes: 0))
    return try Dialogue(Context(plain), about: [pictures[index % 3]])
      .answer("why \(index)", options(index, tokens: tokens))
  }

  // MARK: Answers

  @Test func `an answer is what a dialogue says, alone and beside seven others`() throws {
    var settings = Service.Options()
    settings.parallel = 8
    let service = try Service(model, settings)
    let expected = try (0..<8).map { try alone($0, tokens: 10 + 5 * $0) }
    for _ in 0..<2 {
      let inbox = Inbox()
      for index in 0..<8 { try inbox.submit(request(index, tokens: 10 + 5 * index), to: service, as: index) }
      let outcomes = inbox.wait(for: 8)
      for index in 0..<8 {
        #expect(outcomes[index]?.tokens[0] == expected[index].tokens)
        #expect(outcomes[index]?.texts[0] == expected[index].text)
        #expect(outcomes[index]?.reasons[0] == expected[index].finishReason)
      }
    }
    let figures = service.figures
    #expect(figures.answered == 16 && figures.failed == 0 && figures.running == 0 && figures.waiting == 0)
    #expect(figures.answerTokens == 2 * expected.reduce(0) { $0 + $1.tokens.count })
    // Steps are shared.
    #expect(figures.steps < figures.answerTokens / 2)
  }

  @Test func `several answers to one prompt differ by their seeds alone`() throws {
    let service = try Service(model)
    var three = request(1)
    three.answers = 3
    let inbox = Inbox()
    try inbox.submit(three, to: service, as: 0)
    for index in 0..<3 {
      var one = request(1)
      one.options.seed += UInt64(index)
      try inbox.submit(one, to: service, as: index + 1)
    }
    let outcomes = inbox.wait(for: 4)
    for index in 0..<3 { #expect(outcomes[0]?.tokens[index] == outcomes[index + 1]?.tokens[0]) }
    #expect(Set((0..<3).compactMap { outcomes[0]?.tokens[$0] }).count == 3)
  }

  @Test func `chances are told where they are asked for`() throws {
    let service = try Service(model)
    var asked = request(0)
    asked.options.likeliest = 3
    let inbox = Inbox()
    try inbox.submit(asked, to: service, as: 0)
    let outcome = try #require(inbox.wait(for: 1)[0])
    for (token, chances) in zip(outcome.tokens[0] ?? [], outcome.chances) {
      let chances = try #require(chances)
      // Greedy: the one that was taken is the likeliest.
      #expect(chances.taken.id == token && chances.likeliest.first?.id == token)
      #expect(chances.likeliest.count == 3 && chances.taken.logarithm == chances.likeliest[0].logarithm)
      #expect(chances.likeliest.map(\.logarithm) == chances.likeliest.map(\.logarithm).sorted(by: >))
      #expect(chances.likeliest.reduce(0) { $0 + exp($1.logarithm) } <= 1)
    }
  }

  @Test func `patches that outlive pruning are shown on what the tower saw`() throws {
    let service = try Service(model)
    var asked = request(0)
    asked.showsPatches = true
    let inbox = Inbox()
    try inbox.submit(asked, to: service, as: 0)
    let report = try #require(inbox.wait(for: 1)[0]?.report)
    #expect(report.visualTokens == 16 && report.visualKept == 16)
    #expect(report.views.map(\.picture) == [0])
    #expect(report.views.first?.rows == 4 && report.views.first?.kept == Array(0..<16))
    #expect(report.views.first?.png.starts(with: [0x89, 0x50]) == true)
  }

  // MARK: What is kept

  @Test func `what was read of a prompt is not read again, and changes no answer`() throws {
    let service = try Service(model)
    var known: [Int] = []
    for index in [0, 3, 0, 6, 3] {
      let inbox = Inbox()
      try inbox.submit(request(index), to: service, as: 0)
      let outcome = try #require(inbox.wait(for: 1)[0])
      #expect(outcome.tokens[0] == (try alone(index).tokens))
      known.append(outcome.report?.knownTokens ?? 0)
      #expect(outcome.report?.knownPictures == (known.count == 1 ? 0 : 1))
    }
    // The picture and what is in front of it at least; all but the last token of the same prompt.
    #expect(known[0] == 0 && known.dropFirst().allSatisfy { $0 >= 17 })
    #expect(service.figures.promptCacheBytes > 0)
  }

  @Test func `a dialogue goes on behind what was said`() throws {
    let service = try Service(model)
    let dialogue = try Dialogue(Context(model), about: [pictures[0]])
    var prompt = Service.Prompt(question: [.image(pictures[0]), .text("why")])
    for (turn, words) in ["and", "then"].enumerated() {
      let inbox = Inbox()
      var asked = Service.Request(prompt)
      asked.options = options(0, tokens: 5)
      try inbox.submit(asked, to: service, as: 0)
      let outcome = try #require(inbox.wait(for: 1)[0])
      let expected = try dialogue.answer(turn == 0 ? "why" : "and", options(0, tokens: 5))
      #expect(outcome.tokens[0] == expected.tokens)
      #expect((outcome.report?.knownTokens ?? 0) >= (turn == 0 ? 0 : 18))
      prompt.earlier.append(Service.Turn(content: prompt.question, reply: expected.text))
      prompt.question = [.text(words)]
    }
  }

  @Test func `prompts beyond the limit are forgotten, the oldest first`() throws {
    var settings = Service.Options()
    settings.promptCacheBytes = 0
    let service = try Service(model, settings)
    for _ in 0..<2 {
      let inbox = Inbox()
      try inbox.submit(request(0), to: service, as: 0)
      #expect(inbox.wait(for: 1)[0]?.report?.knownTokens == 0)
    }
    #expect(service.figures.promptCacheBytes == 0)
  }

  // MARK: Limits

  @Test func `a queue that is full takes no more, and what waits is answered`() throws {
    var settings = Service.Options()
    (settings.parallel, settings.queueLimit) = (1, 2)
    let service = try Service(model, settings)
    let inbox = Inbox()
    var taken = 0
    var refused = 0
    for index in 0..<12 {
      do {
        try inbox.submit(request(index, tokens: 200), to: service, as: taken)
        taken += 1
      } catch {
        #expect(error.kind == .busy)
        refused += 1
      }
    }
    #expect(refused >= 5 && taken >= 2)
    let outcomes = inbox.wait(for: taken)
    #expect(outcomes.values.allSatisfy { $0.failure == nil })
    #expect(service.figures.refused == refused)
  }

  @Test func `whoever leaves stops its work, and nobody else's`() throws {
    let service = try Service(model)
    let inbox = Inbox()
    var long = request(1, tokens: 230)
    long.options.biases[256] = -.infinity
    let leaving = try inbox.submit(long, to: service, as: 0)
    try inbox.submit(request(2, tokens: 60), to: service, as: 1)
    inbox.waitForToken(of: 0)
    leaving.cancel()
    let outcomes = inbox.wait(for: 2)
    #expect(outcomes[0]?.failure?.kind == .cancelled && (outcomes[0]?.tokens[0]?.count ?? 999) < 230)
    #expect(outcomes[1]?.tokens[0] == (try alone(2, tokens: 60).tokens))
    // What was decoded before is no part of what is kept.
    try inbox.submit(request(1, tokens: 40), to: service, as: 2)
    #expect(inbox.wait(for: 3)[2]?.tokens[0] == (try alone(1, tokens: 40).tokens))
  }

  @Test func `whoever leaves the queue makes room in it`() throws {
    var settings = Service.Options()
    (settings.parallel, settings.queueLimit) = (1, 2)
    let service = try Service(model, settings)
    let inbox = Inbox()
    var long = request(1, tokens: 230)
    long.options.biases[256] = -.infinity
    try inbox.submit(long, to: service, as: 0)
    inbox.waitForToken(of: 0)
    let waiting = try (1...2).map { try inbox.submit(request($0), to: service, as: $0) }
    for ticket in waiting { ticket.cancel() }
    let outcomes = inbox.wait(for: 3)
    #expect(outcomes[1]?.failure?.kind == .cancelled && outcomes[2]?.failure?.kind == .cancelled)
    #expect(outcomes[0]?.failure == nil && service.figures.waiting == 0)
    try inbox.submit(request(3), to: service, as: 3)
    #expect(inbox.wait(for: 4)[3]?.failure == nil)
  }

  @Test func `a request ends at its time limit`() throws {
    let service = try Service(model)
    let inbox = Inbox()
    var late = request(1, tokens: 230)
    late.limit = .zero
    try inbox.submit(late, to: service, as: 0)
    #expect(inbox.wait(for: 1)[0]?.failure?.description == "request: takes longer than its limit")
  }

  @Test func `what needs more memory than there is to be is refused`() throws {
    var settings = Service.Options()
    settings.maxBytes = 1 << 20
    let inbox = Inbox()
    let service = try Service(model, settings)
    try inbox.submit(request(0), to: service, as: 0)
    #expect(inbox.wait(for: 1)[0]?.failure?.description.contains("more than the limit of") == true)
    settings.maxBytes = 1 << 30
    let larger = try Service(model, settings)
    try inbox.submit(request(0), to: larger, as: 1)
    #expect(inbox.wait(for: 2)[1]?.failure == nil)
  }

  @Test func `a request that is wrong by itself is refused at once, a wrong picture when it is read`() throws
  {
    let service = try Service(model)
    let inbox = Inbox()
    var wrong = request(0)
    wrong.point = "fast"
    #expect(throws: EspalierError.self) { try inbox.submit(wrong, to: service, as: 0) }
    wrong = request(0)
    wrong.answers = 99
    #expect(throws: EspalierError.self) { try inbox.submit(wrong, to: service, as: 0) }
    wrong = request(0)
    wrong.options.topP = 2
    #expect(throws: EspalierError.self) { try inbox.submit(wrong, to: service, as: 0) }
    let broken = Service.Request(
      Service.Prompt(question: [.image(.bytes([1, 2, 3], name: "picture 1")), .text("why")]))
    try inbox.submit(broken, to: service, as: 1)
    #expect(inbox.wait(for: 1)[1]?.failure?.kind == .image)
  }

  @Test func `a service that is closed answers what it has and takes no more`() throws {
    let service = try Service(model)
    let inbox = Inbox()
    for index in 0..<6 { try inbox.submit(request(index), to: service, as: index) }
    service.close()
    #expect(throws: EspalierError.self) { try inbox.submit(request(0), to: service, as: 7) }
    #expect(service.waitUntilIdle(.seconds(30)))
    #expect(inbox.wait(for: 6).values.allSatisfy { $0.failure == nil })
  }

  @Test func `a service that is let go ends, and what it had fails`() throws {
    let inbox = Inbox()
    do {
      let service = try Service(model)
      for index in 0..<8 { try inbox.submit(request(index, tokens: 200), to: service, as: index) }
      withExtendedLifetime(service) {}
    }
    let outcomes = inbox.wait(for: 8)
    #expect(outcomes.values.contains { $0.failure?.kind == .cancelled })
  }
}

/// Takes in what becomes of requests.
private final class Inbox: Sendable {
  struct Outcome {
    var tokens: [Int: [Int32]] = [:]
    var texts: [Int: String] = [:]
    var reasons: [Int: Espalier.Answer.FinishReason] = [:]
    var chances: [Service.Chances?] = []
    var report: Service.Report?
    var failure: EspalierError?
  }

  private let outcomes = Locked<[Int: Outcome]>([:])
  private let ended = Locked<Int>(0)

  @discardableResult
  func submit(
    _ request: Service.Request, to service: Service, as key: Int
  ) throws(EspalierError) -> ServiceTicket {
    outcomes.withLock { $0[key] = Outcome() }
    return try service.submit(request) { [self] event in
      outcomes.withLock { all in
        switch event {
        case .token(let answer, let token):
          all[key]?.tokens[answer, default: []].append(token.id)
          all[key]?.texts[answer, default: ""] += token.text
          all[key]?.chances.append(token.chances)
        case .end(let answer, let reason): all[key]?.reasons[answer] = reason
        case .report(let report): all[key]?.report = report
        case .failure(let error): all[key]?.failure = error
        }
      }
      switch event {
      case .report, .failure: ended.withLock { $0 += 1 }
      default: break
      }
    }
  }

  /// Waits for the ends of so many requests since the start.
  func wait(for count: Int) -> [Int: Outcome] {
    while ended.withLock({ $0 }) < count { usleep(1000) }
    return outcomes.withLock { $0 }
  }

  func waitForToken(of key: Int) {
    while outcomes.withLock({ $0[key]?.tokens[0] == nil && $0[key]?.failure == nil }) { usleep(200) }
  }
}
