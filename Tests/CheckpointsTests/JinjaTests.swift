@testable import Checkpoints
import Foundation
import TestSupport
import Testing

private let variables: [String: Jinja.Value] = [
  "bos_token": .string("<s>"), "eos_token": .string("</s>"), "add_generation_prompt": .bool(true),
  "messages": .list([
    .dict([
      ("role", .string("user")),
      (
        "content",
        .list([
          .dict([("type", .string("image"))]),
          .dict([("type", .string("text")), ("text", .string("What is this?"))]),
        ])
      ),
    ])
  ]),
]

private func text(_ name: String) throws -> String {
  let path = "\(repository)/Tests/Golden/templates/\(name)"
  let file = try #require(fopen(path, "rb"), "\(path)")
  defer { fclose(file) }
  var bytes: [UInt8] = []
  while case let byte = getc(file), byte != EOF { bytes.append(UInt8(byte)) }
  return String(decoding: bytes, as: UTF8.self)
}

@Suite(.endsWithin(minutes: 1)) struct JinjaTemplates {
  @Test(arguments: ["turns", "namespaces", "values", "spaces"])
  func printWhatJinja2Prints(name: String) throws {
    #expect(try Jinja.render(try text("\(name).jinja"), variables) == (try text("\(name).txt")))
  }

  @Test(arguments: [
    ("a\n{% include 'm' %}", 2, "the tag 'include' is not supported"),
    ("{{ x | shuffle }}", 1, "the filter 'shuffle' of undefined 'x' with 0 arguments is not supported"),
    ("{{ 'a'.format(1) }}", 1, "the method 'format' of text with 1 arguments is not supported"),
    ("{{ strftime_now('%d', 1) }}", 1, "the function 'strftime_now' is not supported"),
    ("{{ lipsum(1) }}", 1, "the function 'lipsum' is not supported"),
    ("{{ 1 is prime }}", 1, "the test 'is prime' of an integer is not supported"),
    ("\n\n{{ messages }}", 3, "printing a list is not supported"),
    ("{{ nothing.at.all }}", 1, "undefined 'nothing' has no members"),
    ("{% if true %}", 1, "'if' has no 'endif'"),
    ("{% endif %}", 1, "the tag 'endif' is not supported"),
    ("{{ 'open", 1, "text does not end"),
    ("{{ 1", 1, "a tag does not end"),
    ("{# note", 1, "a comment does not end"),
    ("{{ 1 @ 2 }}", 1, "the character '@' is not supported here"),
    ("{{ 9223372036854775807 + 1 }}", 1, "'+' between an integer and an integer is not supported"),
    (
      "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", 1,
      "the template does too much work"
    ),
  ])
  func unknownConstructsAreNamedWithTheirLine(template: String, line: Int, reason: String) {
    let failure = #expect(throws: Jinja.Failure.self) { try Jinja.render(template, variables) }
    #expect(failure == Jinja.Failure(line: line, reason: reason))
  }
}

/// What Jinja2 prints for single expressions and statements: expressions.py.
private struct Expressions: Decodable {
  struct Entry: Decodable, CustomTestStringConvertible {
    var template: String
    /// `nil` where Jinja2 refuses it.
    var printed: String?
    var testDescription: String { template }
  }

  var variables: JinjaValue
  var templates: [Entry]

  static let all: Expressions? = {
    let path = "\(repository)/Tests/Golden/templates/expressions.json"
    return FileManager.default.contents(atPath: path).flatMap {
      try? JSONDecoder().decode(Expressions.self, from: $0)
    }
  }()
}

/// A value of a template from JSON.
private struct JinjaValue: Decodable {
  var value: Jinja.Value

  init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      value = .none
    } else if let flag = try? single.decode(Bool.self) {
      value = .bool(flag)
    } else if let number = try? single.decode(Int.self) {
      value = .int(number)
    } else if let number = try? single.decode(Double.self) {
      value = .real(number)
    } else if let text = try? single.decode(String.self) {
      value = .string(text)
    } else if let items = try? single.decode([JinjaValue].self) {
      value = .list(Jinja.List(items.map(\.value)))
    } else {
      let members = try single.decode([String: JinjaValue].self)
      // The decoder has no order; the one of the script's mapping with several members is b, a, C.
      let order = ["role", "type", "text", "content", "tool_calls", "b", "a", "C"]
      func place(_ key: String) -> Int { order.firstIndex(of: key) ?? order.count }
      let sorted = members.sorted { (place($0.key), $0.key) < (place($1.key), $1.key) }
      value = .dict(Jinja.Mapping(sorted.map { ($0.key, $0.value.value) }))
    }
  }
}

@Suite(.endsWithin(minutes: 1)) struct JinjaExpressions {
  @Test(arguments: Expressions.all?.templates ?? [])
  fileprivate func printWhatJinja2Prints(entry: Expressions.Entry) throws {
    guard case .dict(let mapping)? = Expressions.all?.variables.value else { return }
    let variables = Dictionary(mapping.members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    if let printed = entry.printed {
      let own = try Jinja.render(entry.template, variables)
      #expect(own == printed)
    } else {
      #expect(throws: Jinja.Failure.self) { try Jinja.render(entry.template, variables) }
    }
  }

  @Test func thereAreGoldenValues() { #expect((Expressions.all?.templates.count ?? 0) >= 70) }
}
