import JSONReading

extension SchemaCompiler {
  /// An array: first the items of `prefixItems`, then as many others as are allowed.
  mutating func array(_ object: JSONObject, in schema: Subschema) throws(GrammarError) -> Expression {
    if let value = object["uniqueItems"], value.text != "false" {
      throw unsupported("uniqueItems", in: schema, "a grammar cannot remember items")
    }
    let least = try length("minItems", of: object, in: schema) ?? 0
    let most = try length("maxItems", of: object, in: schema)
    let prefix = try prefixItems(of: object, in: schema)
    let item = try furtherItem(of: object, in: schema)
    if let most, most < least { return .nothing }

    var graph = StateGraph()
    let comma = try mark(",")
    let (begin, end, close) = (graph.addNode(), graph.addNode(), graph.addNode())
    try rules.add(try mark("["), to: &graph, from: StateGraph.start, to: begin)
    if least == 0 { graph.addSilent(from: begin, to: close) }
    try rules.add(try space(), to: &graph, from: end, to: close)
    graph.add(Array("]".utf8), from: close, to: StateGraph.end)

    var place = begin
    let firsts = prefix.prefix(most ?? .max)
    for (index, first) in firsts.enumerated() {
      let next = graph.addNode()
      try rules.add(index == 0 ? first : .sequence([comma, first]), to: &graph, from: place, to: next)
      if index + 1 >= least { graph.addSilent(from: next, to: end) }
      place = next
    }
    if let item, most.map({ $0 > firsts.count }) ?? true {
      var count = firsts.count
      if count == 0 {
        let next = graph.addNode()
        try rules.add(item, to: &graph, from: place, to: next)
        place = next
        count = 1
      }
      let more = Expression.repetition(
        .sequence([comma, item]), least: max(0, least - count), most: most.map { $0 - count })
      try rules.add(more, to: &graph, from: place, to: end)
    }
    let rule = try rules.declare(schema.pointer)
    try rules.define(rule, graph)
    return .rule(rule)
  }

  private mutating func prefixItems(
    of object: JSONObject, in schema: Subschema
  ) throws(GrammarError) -> [Expression] {
    guard let value = object["prefixItems"] else { return [] }
    guard case .array(let list) = value else {
      throw .invalidSchema(pointer: schema.pointer(to: "prefixItems"), reason: "must be a list of schemas")
    }
    var items: [Expression] = []
    for (index, value) in list.enumerated() {
      items.append(
        try rule(of: Subschema(value: value, pointer: schema.pointer(to: "prefixItems", "\(index)"))))
    }
    return items
  }

  /// An item behind those of `prefixItems`; `nil` where there are none.
  private mutating func furtherItem(
    of object: JSONObject, in schema: Subschema
  ) throws(GrammarError) -> Expression? {
    guard let value = object["items"] else { return try anyValue() }
    if case .bool(false) = value { return nil }
    return try rule(of: Subschema(value: value, pointer: schema.pointer(to: "items")))
  }
}
