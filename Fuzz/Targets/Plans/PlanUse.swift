import Figures
import Imaging
import Inference
import Plan
import PlanFile
import Reporting
import Tokenization

/// What is done with a plan that was accepted. Errors are answers too; what is dear is done for a share of the inputs.
struct PlanUse {
  private let choice: UInt8

  /// An input's own byte decides what is done, so that it does the same whenever it is read.
  init(_ choice: UInt8) { self.choice = choice }

  func use(_ plan: Plan) {
    if choice % 8 == 1 { show(plan) }
    guard let model = try? Model(plan) else { return }
    encode(model.tokenizer)
    for conversation in Self.conversations { _ = try? model.layout(conversation, images: 1) }
    if choice % 4 == 0 { look(model) }
    if choice % 4 == 0 { answer(model) }
  }

  private func encode(_ tokenizer: Tokenizer) {
    for text in choice % 4 == 0 ? Self.texts : Self.texts.dropLast() {
      guard let ids = try? tokenizer.encode(text) else { continue }
      _ = tokenizer.decode(ids)
      _ = tokenizer.decode(ids + [3, 5, 0, 9], skippingSpecialTokens: false)
    }
  }

  private func look(_ model: Model) {
    for picture in Self.pictures {
      guard let prepared = try? model.preprocessor.prepare(picture),
        let arrangement = try? model.arrangement(of: prepared)
      else { continue }
      _ = arrangement.count
      _ = try? model.views(of: prepared)
    }
  }

  /// Asks two questions at each point; returns how many were answered.
  @discardableResult
  func answer(_ model: Model) -> Int {
    let context = Context(model, threads: 1)
    var answers = 0
    for point in model.contents.points + model.contents.front {
      guard let dialogue = try? Dialogue(context, point: point) else { continue }
      var question = Question(images: [.bytes(Self.encoded, name: "picture")], prompt: "a b ab")
      question.options.maxTokens = 3
      guard let answer = try? dialogue.answer(question) else { continue }
      question.conversation.earlier = [.init(content: question.conversation.question, reply: answer.text)]
      if (try? dialogue.answer(question)) != nil { answers += 1 }
    }
    return answers
  }

  private func show(_ plan: Plan) {
    let inspection = PlanInspection(plan)
    _ = inspection.text
    _ = inspection.json.text
    _ = Report(PlanFacts(plan), command: "espalier report").html
    _ = try? plan.point(firstTokenWithin: 1)
    try? plan.verifyNumbers()
  }

  private static let conversations = [
    Conversation("a b ab"),
    Conversation(system: " a ", question: .init([.text(" b"), .image, .text("a\n")])),
    Conversation(
      system: "ab", earlier: [.init(content: .init([.image, .text("a")]), reply: " b ")],
      question: .init([.text("ab")])),
  ]

  private static let texts = [
    "a b abé 12<end>", "", "  ab\r\n\tAB <image> 1234567 ", "Ünïcödé e\u{301} \u{FDFA} 日本 🙂‍↔️<0x41>▁a",
    String(repeating: "ab ", count: 100),
  ]

  private static let pictures = [(5, 4), (64, 3), (3, 200)].map { width, height in
    RGBImage(
      width: width, height: height,
      pixels: (0..<3 * width * height).map { UInt8(truncatingIfNeeded: $0 &* 7) })
  }
  private static let encoded = (try? pictures[0].png()) ?? []
}
