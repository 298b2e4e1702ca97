import CEspalier
import Espalier

extension AnswerOptions {
  /// A caller's options.
  init(_ pointer: UnsafePointer<espalier_options>) throws {
    self.init()
    let size = pointer.pointee.size
    guard size == MemoryLayout<espalier_options>.size else {
      throw Misuse(
        description: "options.size is \(size): set options to ESPALIER_OPTIONS of this version's header")
    }
    let options = pointer.pointee
    guard options.max_tokens > 0 else {
      throw EspalierError(kind: .settings, description: "max_tokens must be positive")
    }
    maxTokens = Int(options.max_tokens)
    topK = Int(options.top_k)
    temperature = options.temperature
    topP = options.top_p
    minP = options.min_p
    seed = options.seed
    guard options.stop_count == 0 || options.stops != nil else { throw Misuse.missing("options.stops") }
    stopStrings = try (0..<options.stop_count).map { try text(options.stops[$0], "a stop") }
    switch (options.json_schema, options.grammar) {
    case (nil, nil): break
    case (let schema?, nil): grammar = try OutputGrammar(jsonSchema: try text(schema, "json_schema"))
    case (nil, let source?): grammar = try OutputGrammar(gbnf: try text(source, "grammar"))
    default: throw EspalierError(kind: .settings, description: "json_schema and grammar exclude each other")
    }
  }
}
