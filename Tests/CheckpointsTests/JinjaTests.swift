import Checkpoints
import Glibc
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

@Suite struct JinjaTemplates {
  @Test(arguments: ["turns", "namespaces", "values", "spaces"])
  func printWhatJinja2Prints(name: String) throws {
    #expect(try Jinja.render(try text("\(name).jinja"), variables) == (try text("\(name).txt")))
  }

  @Test(arguments: [
    ("a\n{% macro m() %}{% endmacro %}", 2, "the tag 'macro' is not supported"),
    ("{{ x | shuffle }}", 1, "the filter 'shuffle' of undefined 'x' with 0 arguments is not supported"),
    ("{{ 'a'.format(1) }}", 1, "the method 'format' of text with 1 arguments is not supported"),
    ("{{ strftime_now('%d') }}", 1, "the function 'strftime_now' is not supported"),
    ("{{ 1 is prime }}", 1, "the test 'is prime' of an integer is not supported"),
    ("\n\n{{ messages }}", 3, "printing a list is not supported"),
    ("{{ nothing.at.all }}", 1, "undefined 'nothing' has no members"),
    ("{% if true %}", 1, "'if' has no 'endif'"),
    ("{% endif %}", 1, "the tag 'endif' is not supported"),
    ("{{ 'open", 1, "text does not end"),
    ("{{ 1", 1, "a tag does not end"),
    ("{# note", 1, "a comment does not end"),
    ("{{ 1 @ 2 }}", 1, "the character '@' is not supported here"),
    ("{{ raise_exception('no system turn') }}", 1, "the template refuses the conversation: no system turn"),
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
