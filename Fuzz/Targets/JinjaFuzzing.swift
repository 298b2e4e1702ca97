import Checkpoints

enum JinjaFuzzing {
  static func read(_ bytes: [UInt8]) -> Bool {
    (try? Jinja.render(String(decoding: bytes, as: UTF8.self), variables)) != nil
  }

  /// What a chat template is given, and values of the kinds it may make.
  private static let variables: [String: Jinja.Value] = [
    "messages": .list([
      message("system", .string("Be brief.")),
      message("user", .list([part("image", nil), part("text", "What is this?")])),
      message("assistant", .string("<think>a tree</think> An *Espalier*.\n")),
      message("user", .string(" and  this? ")),
    ]),
    "add_generation_prompt": .bool(true), "bos_token": .string("<s>"), "eos_token": .string("</s>"),
    "tools": .none, "number": .int(7), "real": .real(0.5),
  ]

  private static func message(_ role: String, _ content: Jinja.Value) -> Jinja.Value {
    .dict([("role", .string(role)), ("content", content)])
  }

  private static func part(_ type: String, _ text: String?) -> Jinja.Value {
    .dict(Jinja.Mapping([("type", .string(type))] + (text.map { [("text", .string($0))] } ?? [])))
  }
}
