import Espalier
import Figures
import Grammars
import JSONReading

extension Service.Request {
  /// Has answers of a form; what is wrong with a schema or a grammar is an error of the field that it is in.
  mutating func constrain(_ form: OutputForm, by grammars: CompiledGrammars, field: String)
    throws(RequestError)
  {
    switch form {
    case .free: break
    case .jsonObject: options.grammar = .json
    case .schema(let schema):
      let text = schema.written.line
      options.grammar = try grammars.grammar("schema " + text, field: field) { () throws(GrammarError) in
        try Grammar(jsonSchema: schema)
      }
    case .grammar(let text):
      options.grammar = try grammars.grammar("gbnf " + text, field: field) { () throws(GrammarError) in
        try Grammar(gbnf: text)
      }
    case .tools(let tools, let isRequired, let allowsSeveral):
      let schema = JSONReading.JSON.object(JSONObject([("anyOf", .array(tools.map(\.callSchema)))]))
      let text = "tools \(isRequired) \(allowsSeveral) " + schema.written.line
      options.grammar = try grammars.grammar(text, field: field) { () throws(GrammarError) in
        let call = try Grammar(jsonSchema: schema)
        if isRequired {
          return try Grammar(
            [.text(ToolTalk.opening + "\n"), .grammar(call), .text("\n" + ToolTalk.closing)],
            isRepeated: allowsSeveral)
        }
        let rest = try Grammar([.text("\n"), .grammar(call), .text("\n" + ToolTalk.closing)])
        return try Grammar(
          freeUntil: [.init(ToolTalk.opening, then: rest)], isFreeAgain: allowsSeveral)
      }
    }
  }
}
