import Compute
import Foundation
import Models
import Plan
import Testing
import TestSupport

@testable import Inference

/// Rules of other papers, against choices that NumPy made (Tests/Golden/selection).
@Suite(.endsWithin(minutes: 1)) struct PublishedRuleTests {
  private struct Case: Decodable {
    let rows: Int
    let columns: Int
    let count: Int
    let tokens: [[Float]]
    let question: [[Float]]
    let choices: [String: [Int]]
  }

  private static let rules: [ImportanceRule] = [.divprune, .dart, .cdpruner]

  private func cases() throws -> [Case] {
    let path = ReferencePlan.repository.appendingPathComponent("Tests/Golden/selection/choices.json")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: path))
  }

  private func matrix(_ rows: [[Float]], width: Int) -> MatrixView {
    MatrixView(rows: rows.count, columns: width, elements: rows.flatMap(\.self))
  }

  @Test(arguments: rules, [1, 3])
  func `a rule chooses what its paper's definition chooses`(rule: ImportanceRule, threads: Int) throws {
    let cases = try cases()
    #expect(cases.count == 24)
    for (number, test) in cases.enumerated() {
      let rows = matrix(test.tokens, width: test.tokens[0].count)
      let evidence = TokenEvidence(
        sources: rows, targets: rows, question: matrix(test.question, width: rows.columns))
      // A ratio whose floor is the count.
      let pruning = TokenPruning(
        rule: rule, keepRatio: (Double(test.count) + 0.5) / Double(rows.rows), layer: -1)
      let grid = ImageGrid(firstVisual: 0, rows: test.rows, columns: test.columns)
      let kept = TokenSelector(pruning, Workers(count: threads)).keep(evidence, grid: grid)
      #expect(kept == test.choices[rule.rawValue], "case \(number)")
    }
  }

  @Test(arguments: rules) func `equal rows and rows of zeros are chosen from all the same`(
    rule: ImportanceRule
  ) {
    for value in [Float(0), 2] {
      let rows = MatrixView(rows: 12, columns: 5)
      rows.fill(value)
      for count in [1, 5, 11] {
        let pruning = TokenPruning(rule: rule, keepRatio: (Double(count) + 0.5) / 12, layer: 0)
        let kept = TokenSelector(pruning, Workers(count: 1)).keep(
          TokenEvidence(sources: rows, targets: rows, question: rows),
          grid: ImageGrid(firstVisual: 0, rows: 3, columns: 4))
        #expect(kept.count == count && kept == Array(Set(kept)).sorted())
      }
    }
  }

  @Test func `only cdpruner and fastv depend on the question`() {
    #expect(ImportanceRule.allCases.filter(\.readsQuestion) == [.fastV, .cdpruner])
  }

  /// The rows that the projector gives are the input of the first layer.
  @Test(arguments: rules) func `before the first layer the embedded rows decide`(rule: ImportanceRule) throws
  {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: 2)
    let pruning = TokenPruning(rule: rule, keepRatio: 0.25, layer: TokenPruning.promptPlace)
    let result = try context.run(prompt, PruningSettings(tokenPruning: pruning))
    let rows = prompt.rows
    let evidence = TokenEvidence(
      sources: rows.visual(of: rows.hidden), targets: rows.visual(of: rows.hidden),
      question: rows.question(of: rows.hidden))
    let selector = TokenSelector(pruning, Workers(count: 1))
    let expected = prompt.grids.flatMap { grid in
      selector.keep(evidence.part(of: grid), grid: grid).map { Int32(grid.tokens[$0]) }
    }
    #expect(result.rows.visualIndices.filter { $0 >= 0 } == expected)
    // Every layer runs short, and positions stay.
    #expect(result.cache.layers.map(\.visualCount) == [8, 8, 8, 8])
    #expect(result.counts.visualKept == 8 && result.length == prompt.rows.count)
    for (row, visual) in result.rows.visualIndices.enumerated() where visual >= 0 {
      let before = try #require(rows.visualIndices.firstIndex(of: visual))
      #expect(result.rows.positions[row] == rows.positions[before])
    }
    #expect(result.nextPosition == prompt.rows.nextPosition)
  }

  @Test func `the question is the text behind the pictures`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: 2, textAfter: 3)
    let rows = prompt.rows
    #expect(
      rows.question(of: rows.hidden).elements == rows.hidden[rows: rows.count - 3..<rows.count].elements)
    let answered = context.append([5, 6], to: prompt).rows
    #expect(
      answered.question(of: answered.hidden, count: rows.count).elements
        == rows.question(of: rows.hidden).elements)
    let text = try context.embed(PromptLayout(parts: [.token(1), .token(2)]), images: [])
    #expect(text.rows.question(of: text.rows.hidden).rows == 2)
  }
}
