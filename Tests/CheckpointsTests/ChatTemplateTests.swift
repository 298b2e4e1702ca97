import Foundation
import Plan
import Testing
import TestSupport
import Tokenization

@testable import Checkpoints

/// What transformers prints for conversations with the templates of the families: families/make.py.
private struct Golden: Decodable {
  struct Family: Decodable {
    var image: String
    var special: [String]
    var bos: String?
    var eos: String?
    /// By conversation; `nil` where the template refuses it.
    var printed: [String?]
  }
  struct Words: Decodable {
    var system: String?
    var prompts: [String]
    var replies: [String]
    var images: Int
  }

  var conversations: [Words]
  var families: [String: Family]

  static let folder = "\(repository)/Tests/Golden/templates/families"
  static let all: Golden = {
    let data = FileManager.default.contents(atPath: folder + "/families.json") ?? Data()
    return (try? JSONDecoder().decode(Golden.self, from: data)) ?? Golden(conversations: [], families: [:])
  }()
}

extension Golden.Family {
  var added: [TokenizerTables.AddedToken] {
    ([image] + special).enumerated().map { .init(id: Int32($0), content: $1) }
  }

  var tokens: [String: String] {
    var tokens: [String: String] = [:]
    if let bos { tokens["bos_token"] = bos }
    if let eos { tokens["eos_token"] = eos }
    return tokens
  }

  func compile(_ source: String, leadingTokens: [Int32] = []) throws -> PromptTemplate {
    var compiler = try TemplateCompiler(
      ChatTemplate(file: "t.jinja", source: source), added: added, leadingTokens: leadingTokens,
      imageToken: 0,
      specialTokens: tokens)
    return try compiler.compile()
  }

  /// Parts of a prompt as one string.
  func text(_ parts: [PromptPart]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .special(let id), .leading(let id): special[Int(id) - 1]
      case .image: image
      }
    }.joined()
  }
}

@Suite(.endsWithin(minutes: 1)) struct ChatTemplates {
  @Test(arguments: Golden.all.families.keys.sorted())
  func ofTheFamiliesBecomeSegmentsThatPrintWhatTransformersPrints(name: String) throws {
    let family = try #require(Golden.all.families[name])
    let source = try String(contentsOfFile: "\(Golden.folder)/\(name).jinja", encoding: .utf8)
    let template = try family.compile(source)
    for (words, printed) in zip(Golden.all.conversations, family.printed) {
      let conversation = try Conversation(
        system: words.system, prompts: words.prompts, replies: words.replies
      ).placing(images: words.images)
      if let printed {
        let parts = try template.parts(of: conversation)
        #expect(family.text(parts) == printed)
        #expect(parts.compactMap(\.imageIndex) == Array(0..<words.images))
      } else {
        #expect(throws: PromptError.self) { try template.parts(of: conversation) }
      }
    }
  }

  @Test func thereAreGoldenValues() { #expect(Golden.all.families.count >= 20) }

  private static func turns(_ before: String, reply: String = "m.content[0].text") -> String {
    before + "{% for m in messages %}{{ m.role }}: {% if m.role == 'assistant' %}{{ \(reply) }}{% else %}"
      + "{% for c in m.content %}{{ '<image>' if c.type == 'image' else c.text }}{% endfor %}{% endif %}{{ '\\n' }}{% endfor %}"
  }

  @Test func mayAskForTheDateOfTheQuestion() throws {
    let template = try Self.family.compile(Self.turns("Today: {{ strftime_now('%d.%-m.%Y') }}\n"))
    let parts = try template.parts(of: Conversation("Q")) { "<\($0)>" }
    #expect(parts == [.text("Today: <%d.%-m.%Y>\nuser: Q\n")])
    // That of now has digits.
    guard case .text(let text)? = try template.parts(of: Conversation("Q")).first else { return }
    #expect(text.wholeMatch(of: #/Today: \d\d\.\d{1,2}\.20\d\d\nuser: Q\n/#) != nil, "\(text)")
  }

  @Test(
    arguments: [
      ("split('</think>')[-1]", .dropped, " \nA"),
      ("split('</think>')[-1].lstrip('\\n')", .droppedWithLines, " \nA"),
      ("split('</think>')[-1] | trim", .droppedWithSpace, "A"),
      ("replace('x', 'x')", .kept, "</think>\n \nA"),
    ] as [(String, PromptTemplate.ReplyThoughts, String)])
  func mayLeaveThoughtsOutOfReplies(change: String, thoughts: PromptTemplate.ReplyThoughts, end: String)
    throws
  {
    let template = try Self.family.compile(Self.turns("", reply: "m.content[0].text.\(change)"))
    #expect(template.replyThoughts == thoughts)
    func text(_ reply: String) throws -> String {
      let parts = try template.parts(of: Conversation(prompts: ["Q", "R"], replies: [reply]))
      guard case .text(let text)? = parts.first else { return "" }
      return text
    }
    #expect(try text("no thought") == "user: Q\nassistant: no thought\nuser: R\n")
    #expect(try text("one</think>two</think>\n \nA").hasSuffix("\(end)\nuser: R\n"))
    #expect(try text("one</think>two</think>\n \nA").contains("one") == (thoughts == .kept))
  }

  @Test func whatDoesSomethingElseWithThoughtsIsRefused() throws {
    let source = Self.turns("", reply: "m.content[0].text.split('</think>')[-1] | replace('C', 'D')")
    let error = #expect(throws: CheckpointError.self) { try Self.family.compile(source) }
    #expect(error?.reason.contains("a reply with a thought") ?? false, "\(error?.reason ?? "")")
  }

  @Test func framesThatDifferInNothingAreOne() throws {
    let family = try #require(Golden.all.families["internvl3"])
    let source = try String(contentsOfFile: "\(Golden.folder)/internvl3.jinja", encoding: .utf8)
    let template = try family.compile(source)
    #expect(template.openings.count == 6 && template.closings.count == 8)
    #expect(template.joints.imageText == [.literal("\n")])
  }

  private static let family = Golden.Family(image: "<image>", special: ["<s>", "</s>"], printed: [])
  private static let plain =
    "{% for m in messages %}{% for c in m.content %}{{ '<image>' if c.type == 'image' else c.text }}{% endfor %}"
    + "{{ '</s>' }}{% endfor %}"

  @Test func tokensThatTheTokenizerPutsInFrontStandThereUnlessTheTemplateHasPrintedThem() throws {
    var family = Self.family
    family.bos = "<s>"
    let outside = try family.compile(Self.plain, leadingTokens: [1])
    let inside = try family.compile("{{ bos_token }}" + Self.plain, leadingTokens: [1])
    let conversation = Conversation(question: .init([.text("a")]))
    #expect(try outside.parts(of: conversation) == [.leading(1), .text("a"), .special(2)])
    #expect(try inside.parts(of: conversation) == [.special(1), .text("a"), .special(2)])
  }

  @Test(
    arguments: [
      (
        "{% for m in messages %}{% for c in m.content %}{{ c.text }}{% endfor %}{% endfor %}", 1,
        "prints 1 images 0 times, expected once each"
      ),
      (
        "{% for m in messages %}{% for c in m.content %}{{ '<image>' if c.type == 'image' else c.text * 2 }}"
          + "{% endfor %}{% endfor %}", nil, "prints the user's text 2 times, expected once"
      ),
      (
        "{% for m in messages %}{% for c in m.content | reverse %}{{ '<image>' if c.type == 'image' else c.text }}"
          + "{% endfor %}{% endfor %}", nil,
        "prints the texts and images of a question neither in order nor images first"
      ),
      (
        "{% set n = namespace(i=0) %}{% for m in messages %}{% for c in m.content %}{% if c.type == 'image' %}"
          + "{% set n.i = n.i + 1 %}Picture {{ n.i }}: <image>{% else %}{{ c.text }}{% endif %}{% endfor %}{% endfor %}",
        nil,
        "prints a conversation that segments cannot express: one turn, two images amid the text in turn 1"
      ),
      (
        "{% for m in messages %}{{ loop.index }}: {% for c in m.content %}"
          + "{{ '<image>' if c.type == 'image' else c.text }}{% endfor %}{% endfor %}", nil,
        "prints a conversation that segments cannot express: 3 turns, text alone in turn 1"
      ),
      (
        "{% for m in messages %}{% for c in m.content %}{{ '<image>' if c.type == 'image' else c.text | upper }}"
          + "{% endfor %}{% endfor %}", nil, "prints the user's text 0 times, expected once"
      ),
      ("\n{{ messages | frobnicate }}", 2, "the filter 'frobnicate' of a list"),
      ("\n{{ raise_exception('never') }}", 2, "the template refuses the conversation: never"),
      ("{{ strftime_now('%q') }}", 1, "strftime_now() takes a format of a date"),
      (
        "{% for m in messages %}{{ strftime_now('%d')[1:] }}{% for c in m.content %}"
          + "{{ '<image>' if c.type == 'image' else c.text }}{% endfor %}{% endfor %}", nil,
        "prints something else than the date that it asks for"
      ),
    ] as [(String, Int?, String)])
  func thatCannotBeUsedSayWhy(source: String, line: Int?, reason: String) throws {
    let error = #expect(throws: CheckpointError.self) { try Self.family.compile(source) }
    #expect(error?.file == "t.jinja")
    #expect(error?.reason.contains(reason) ?? false, "\(error?.description ?? "")")
    if let line, reason.contains("the ") { #expect(error?.object == "chat template, line \(line)") }
  }
}

extension PromptPart {
  fileprivate var imageIndex: Int? { if case .image(let index) = self { index } else { nil } }
}
