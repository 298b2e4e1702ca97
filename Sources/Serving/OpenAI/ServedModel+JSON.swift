public import Figures
import Espalier
import FoundationEssentials

extension ServedModel {
  /// Seconds since 1970.
  func now() -> Int { Int(Date().timeIntervalSince1970) }

  /// What tells one plan from another.
  var fingerprint: String { "espalier-\(model.digest.prefix(12))" }

  /// How likely a token was, in OpenAI's form.
  func json(of chances: Service.Chances) -> Figures.JSON {
    func members(_ chance: Service.Chances.Chance) -> [(key: String, value: Figures.JSON)] {
      let bytes = model.bytes(ofToken: chance.id)
      return [
        ("token", .string(String(decoding: bytes, as: UTF8.self))),
        ("logprob", .number(max(-9999, chance.logarithm))), ("bytes", .integers(bytes)),
      ]
    }
    return .object(
      members(chances.taken) + [("top_logprobs", .array(chances.likeliest.map { .object(members($0)) }))])
  }

  /// The model and its operating points, as a list of models has them.
  public var list: Figures.JSON {
    .object(["object": .string("list"), "data": .array(names.map(entry))])
  }

  /// One entry of that list; `nil` for a name that is not served.
  public func entry(named name: String) -> Figures.JSON? {
    names.contains(name) ? entry(name) : nil
  }

  private func entry(_ name: String) -> Figures.JSON {
    .object([
      "id": .string(name), "object": .string("model"), "created": .integer(created),
      "owned_by": .string("espalier"),
    ])
  }
}
