import Figures
import Imaging
import Inference
import Plan
import PlanFile
import Testing
import TestSupport
import Tokenization

@testable import Reporting

/// What a point dropped for one question, as picture and as JSON.
@Suite(.endsWithin(minutes: 1)) struct ExplanationTests {
  private let folder: TemporaryFolder
  private let context: Context
  private let pictures: [String]
  private let point = OperatingPoint(
    name: "p",
    settings: PruningSettings(
      tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 1),
      cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.5, 0.5], ranking: .even)))

  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    context = try TinyContext.open(in: folder)
    pictures = try (0..<2).map { try folder.write(TinyPicture.png(seed: UInt64($0)), to: "\($0).png") }
  }

  private func explain(_ point: OperatingPoint) throws -> Explanation {
    try Explanation(Conversation("what"), images: pictures, at: point, in: context, maxTokens: 4)
  }

  @Test func `answers are those of the point and of dense`() throws {
    let explanation = try explain(point)
    var question = Question(images: pictures.map { .file($0) }, prompt: "what")
    question.options.maxTokens = 4
    for (point, answer) in [(point, explanation.answer), (.dense, explanation.denseAnswer)] {
      #expect(try context.model.text(of: context.answer(question, point: point).tokens) == answer)
    }
  }

  @Test func `every visual token of the prompt is on one block`() throws {
    let explanation = try explain(point)
    let tokens = explanation.pictures.flatMap(\.blocks).flatMap { Array($0.tokens) }
    #expect(tokens == Array(explanation.fate.isKept.indices))
  }

  @Test func `dropped patches are dark, kept ones as they were`() throws {
    let explanation = try explain(point)
    let sheet = try explanation.overlay()
    #expect(explanation.panels.count == 3)
    let side = (sheet.width - 4 * 12) / 3
    #expect(sheet.height == 2 * side + 3 * 12)
    func patch(_ token: Int, panel: Int) -> [UInt8] {
      let cell = side / 4
      let x = 12 + panel * (side + 12) + token % 4 * cell + cell / 2
      let y = 12 + token / 16 * (side + 12) + token % 16 / 4 * cell + cell / 2
      return Array(sheet.pixels[(y * sheet.width + x) * 3..<(y * sheet.width + x) * 3 + 3])
    }
    for token in explanation.fate.isKept.indices {
      let (seen, stays) = (patch(token, panel: 0), patch(token, panel: 1))
      if explanation.fate.isKept[token] {
        #expect(stays == seen)
      } else {
        #expect(stays[0] == stays[1] && stays[1] == stays[2])
        #expect(stays.reduce(0) { $0 + Int($1) } <= seen.reduce(0) { $0 + Int($1) } / 4)
      }
    }
    // It is a PNG that any reader takes.
    #expect(try ImageDecoder.decode(sheet.png()) == sheet)
  }

  @Test func `dense has nothing but what the tower saw`() throws {
    let explanation = try explain(.dense)
    #expect(explanation.panels.count == 1 && explanation.answer == explanation.denseAnswer)
    #expect(explanation.json.text.contains("\"dropped_tokens\": []"))
  }

  @Test(arguments: FamilyGolden.firstOfEachFamily())
  func `every family's patches are found on its pictures`(golden: FamilyGolden) throws {
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let settings = PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.3, layer: 0))
    let explanation = try Explanation(
      Conversation("a"), images: ["wide.png", "tall.png"].map { golden.picture($0) },
      at: OperatingPoint(name: "p", settings: settings), in: context, maxTokens: 2)
    let onBlocks = Set(explanation.pictures.flatMap(\.blocks).flatMap { Array($0.tokens) })
    let outside = explanation.fate.isKept.indices.filter { !onBlocks.contains($0) }
    // Tokens without a place on a grid are never dropped.
    #expect(outside.allSatisfy { explanation.fate.isKept[$0] })
    #expect(explanation.fate.isKept.contains(false))
    #expect(try explanation.overlay().width > 600)
  }
}
