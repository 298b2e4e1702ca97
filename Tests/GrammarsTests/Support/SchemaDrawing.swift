/// Draws schemas, as text.
struct SchemaDrawing {
  private var generator: SeededGenerator
  private let withDefinitions: Bool

  init(seed: UInt64) {
    generator = SeededGenerator(seed)
    withDefinitions = seed % 3 == 0
  }

  mutating func schema() -> String {
    guard withDefinitions else { return value(depth: 3) }
    let named =
      "\"$defs\":{\"d\":\(value(depth: 1)),\"e\":{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]}}"
    return object(depth: 3, with: named)
  }

  private mutating func value(depth: Int) -> String {
    switch generator.index(below: depth > 0 ? 12 : 8) {
    case 0: return string()
    case 1: return "{\"type\":\"boolean\"}"
    case 2: return number("number")
    case 3: return number("integer")
    case 4: return "{\"enum\":[\(list(1...4) { $0.constant() })]}"
    case 5: return "{\"type\":[\"null\",\"string\"],\"maxLength\":\(generator.index(below: 5))}"
    case 6: return string()
    case 7:
      return withDefinitions
        ? "{\"$ref\":\"#/$defs/\(generator.element(["d", "e"]))\"}" : "{\"const\":\(constant())}"
    case 8: return array(depth: depth)
    case 9: return "{\"anyOf\":[\(list(1...3) { $0.value(depth: depth - 1) })]}"
    default: return object(depth: depth)
    }
  }

  private mutating func string() -> String {
    let least = generator.index(below: 4)
    let most = least + generator.index(below: 130)
    let patterns = ["^[a-c]*$", "x", "^\\\\d{2}-", "(ab|cd)+", "^[^a]{1,3}$", "^é.?"]
    switch generator.index(below: 5) {
    case 0: return "{\"type\":\"string\"}"
    case 1: return "{\"type\":\"string\",\"minLength\":\(least)}"
    case 2: return "{\"type\":\"string\",\"minLength\":\(least),\"maxLength\":\(most)}"
    case 3: return "{\"type\":\"string\",\"pattern\":\"\(generator.element(patterns))\"}"
    default:
      return "{\"type\":\"string\",\"pattern\":\"\(generator.element(patterns))\",\"maxLength\":\(3 + least)}"
    }
  }

  private mutating func number(_ type: String) -> String {
    let divisor = type == "integer" ? 1.0 : generator.element([1, 10, 1000])
    let least = Double(generator.index(below: 4000) - 2000) / divisor
    let most = least + Double(1 + generator.index(below: 3000)) / divisor
    var members = ["\"type\":\"\(type)\""]
    if generator.isTrue() {
      members.append("\"\(generator.element(["minimum", "exclusiveMinimum"]))\":\(least)")
    }
    if generator.isTrue() { members.append("\"maximum\":\(most)") }
    if type == "integer", most - least > 50, generator.isTrue(oneIn: 3) {
      members.append("\"multipleOf\":\(1 + generator.index(below: 40))")
    }
    return "{\(members.joined(separator: ","))}"
  }

  private mutating func constant() -> String {
    generator.element([
      "\"a\"", "\"ab\"", "\"\\u00e9\\n\"", "0", "-17", "2.5", "true", "null", "[]", "[1,\"x\"]", "{\"k\":{}}",
      "\"\\\"\"",
    ])
  }

  private mutating func array(depth: Int) -> String {
    var members = ["\"type\":\"array\"", "\"items\":\(value(depth: depth - 1))"]
    let least = generator.index(below: 3)
    if generator.isTrue() { members.append("\"minItems\":\(least)") }
    if generator.isTrue() { members.append("\"maxItems\":\(least + generator.index(below: 4))") }
    if generator.isTrue(oneIn: 4) {
      members.append("\"prefixItems\":[\(list(1...2) { $0.value(depth: depth - 1) })]")
    }
    return "{\(members.joined(separator: ","))}"
  }

  private mutating func object(depth: Int, with member: String? = nil) -> String {
    let names = ["a", "ab", "name", "größe", "x y", "\\\"q\\\""].prefix(generator.index(below: 6))
    var properties: [String] = []
    for name in names { properties.append("\"\(name)\":\(value(depth: depth - 1))") }
    let required = names.filter { _ in generator.isTrue() }.map { "\"\($0)\"" }.joined(separator: ",")
    let additional = generator.element(["false", "false", "false", "{\"type\":\"integer\"}"])
    var members = [
      "\"type\":\"object\"", "\"properties\":{\(properties.joined(separator: ","))}",
      "\"required\":[\(required)]",
      "\"additionalProperties\":\(additional)",
    ]
    if let member { members.append(member) }
    return "{\(members.joined(separator: ","))}"
  }

  private mutating func list(_ counts: ClosedRange<Int>, _ make: (inout SchemaDrawing) -> String) -> String {
    let count = counts.lowerBound + generator.index(below: counts.count)
    return (0..<count).map { _ in make(&self) }.joined(separator: ",")
  }
}
