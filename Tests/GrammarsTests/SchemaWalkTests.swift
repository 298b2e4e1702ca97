import Foundation
import JSONReading
import Testing

@testable import Grammars

/// Whatever is drawn among the tokens allowed, the answer is JSON that satisfies the schema.
@Suite(.timeLimit(.minutes(1))) struct SchemaWalkTests {
  private static let vocabulary = Vocabularies.merged(seed: 9, count: 900)

  @Test(arguments: GoldenSchema.all) func `answers to written schemas satisfy them`(golden: GoldenSchema)
    throws
  {
    try check(golden.schema, walks: 12)
  }

  @Test func `the written schemas are there`() { #expect(GoldenSchema.all.count > 50) }

  @Test(arguments: 0..<20) func `answers to drawn schemas satisfy them`(group: Int) throws {
    for seed in 10 * group..<10 * group + 10 {
      var drawing = SchemaDrawing(seed: UInt64(seed))
      let schema = drawing.schema()
      do { try check(schema, walks: 5) } catch GrammarError.unsatisfiable {
        // A drawn constant may have none of the drawn types.
      } catch GrammarError.invalidSchema {
        #expect(schema.contains("\"$ref\""), "\(schema)")
      }
    }
  }

  private func check(_ schema: String, walks: Int) throws {
    let masks = GrammarMasks(try Grammar(jsonSchema: schema), over: Self.vocabulary)
    let validator = SchemaValidator(root: try JSONParser.parse(Array(schema.utf8)))
    for walk in 0..<walks {
      var generator = SeededGenerator(UInt64(walk))
      var matcher = GrammarMatcher(masks)
      // Some budgets are the least possible, some leave room.
      let budget = matcher.shortestCompletion + [0, 1, 5, 40, 400][walk % 5]
      let output = Self.answer(&matcher, budget, &generator)
      #expect(matcher.canEnd, "\(schema): \(String(decoding: output, as: UTF8.self))")
      AnswerLog.add(schema: schema, output: output)
      do {
        let value = try JSONParser.parse(output)
        #expect(validator.accepts(value), "\(schema): \(String(decoding: output, as: UTF8.self))")
      } catch let failure {
        // A grammar cannot remember names, and the reader has a limit on nesting.
        let isExpected = failure.reason.contains("twice") || failure.reason.contains("nested")
        #expect(isExpected, "\(schema): \(failure.reason): \(String(decoding: output, as: UTF8.self))")
      }
    }
  }

  /// Draws evenly among the tokens allowed until the answer or the budget ends.
  private static func answer(
    _ matcher: inout GrammarMatcher, _ budget: Int, _ generator: inout SeededGenerator
  ) -> [UInt8] {
    var output: [UInt8] = []
    for remaining in stride(from: budget, to: 0, by: -1) {
      let tokens = matcher.mask(within: remaining).tokens
      guard !tokens.isEmpty else { break }
      let token = generator.element(tokens)
      guard matcher.accept(token) else { break }
      if matcher.hasEnded { break }
      output += vocabulary.bytes(of: token) ?? []
    }
    return output
  }
}

/// A schema of `Tests/Golden/grammars/schemas.jsonl`.
struct GoldenSchema: CustomTestStringConvertible {
  var name: String
  var schema: String

  var testDescription: String { name }

  static let all: [GoldenSchema] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/grammars/schemas.jsonl")
    let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n")
    return lines.compactMap { line in
      // The schema stands as it is behind its key.
      guard let key = line.firstRange(of: "\"schema\": "),
        case .object(let object)? = try? JSONParser.parse(Array(line.utf8)),
        case .string(let name)? = object["name"]
      else { return nil }
      return GoldenSchema(name: name, schema: String(line[key.upperBound...].dropLast()))
    }
  }()
}
