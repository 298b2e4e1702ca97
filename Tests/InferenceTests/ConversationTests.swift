import Foundation
import Inference
import Plan
import PlanFile
import Testing
import TestSupport
import Tokenization

/// A conversation with the reference model and its token ids in transformers: templates/reference.py.
struct GoldenConversation: Decodable, Sendable {
  var system: String?
  var prompts: [String]
  var replies: [String]
  var images: Int
  var ids: [Int32]

  static let all: [Self] = {
    let file = ReferencePlan.repository.appending(path: "Tests/Golden/templates/reference.json")
    return (try? JSONDecoder().decode([Self].self, from: Data(contentsOf: file))) ?? []
  }()
}

@Suite(.endsWithin(minutes: 1)) struct ConversationTests {
  @Test(arguments: GoldenConversation.all)
  func `conversations have the tokens they have in transformers`(golden: GoldenConversation) throws {
    let context = Context(try Model(Plan(contentsOf: ReferencePlan.path())), threads: 1)
    let conversation = try Conversation(
      system: golden.system, prompts: golden.prompts, replies: golden.replies)
    let layout = try context.model.layout(conversation, images: golden.images)
    let ids = layout.parts.map { part -> Int32 in if case .token(let id) = part { id } else { 3 } }
    #expect(ids == golden.ids)
    #expect(layout.imageCount == golden.images)
  }

  @Test func `there are golden conversations`() { #expect(GoldenConversation.all.count == 4) }

  @Test func `a question may stand at the end of a conversation about several pictures`() throws {
    let folder = try TemporaryFolder()
    var contents = TinyContext.contents
    contents.prompt.openings.append(.init(.first, segments: []))
    contents.prompt.openings.append(.init(.last, segments: []))
    contents.prompt.closings.append(.init(.first, segments: [.literal(" "), .reply]))
    contents.prompt.closings.append(.init(.last, segments: [.literal("A")]))
    let context = try TinyContext.open(contents, in: folder)
    let pictures = try (0..<2).map { try folder.write(TinyPicture.png(seed: UInt64($0)), to: "\($0).png") }
    let conversation = try Conversation(prompts: ["<image>a", "<image>b"], replies: ["r"])
    var question = Question(images: pictures.map { .file($0) }, conversation: conversation)
    question.options.maxTokens = 2
    let answer = try context.answer(question, point: .dense)
    #expect(answer.visualTokens == 32 && answer.promptTokens == 32 + "a r".utf8.count + "bA".utf8.count)
    question.images.removeLast()
    let error = #expect(throws: PromptError.self) { try context.answer(question, point: .dense) }
    #expect(error == .imageCount(places: 2, images: 1))
  }
}
