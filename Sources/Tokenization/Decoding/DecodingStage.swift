/// A stretch of a token on its way to text; a token may come in several, of whole characters each.
struct TextChunk: Equatable {
  var bytes: [UInt8]
  /// Whether the token ends here.
  var endsToken: Bool
}

/// One step of decoding, fed with chunks as tokens come.
protocol DecodingStage: Sendable {
  /// Takes one chunk and appends what is certain now.
  mutating func push(_ chunk: TextChunk, into output: inout [TextChunk])
  /// Appends what is left when nothing follows.
  mutating func finish(into output: inout [TextChunk])
}

extension DecodingStage {
  mutating func finish(into output: inout [TextChunk]) {}
}

/// All steps of decoding in a row.
struct DecodingPipeline: Sendable {
  private var stages: [any DecodingStage]

  init(_ stages: [any DecodingStage]) { self.stages = stages }

  /// The text that is certain now that a token has come.
  mutating func push(_ token: [UInt8]) -> [UInt8] {
    run([TextChunk(bytes: token, endsToken: true)], from: 0)
  }

  /// The text that is left.
  mutating func finish() -> [UInt8] {
    var text: [UInt8] = []
    for index in stages.indices {
      var output: [TextChunk] = []
      stages[index].finish(into: &output)
      text += run(output, from: index + 1)
    }
    return text
  }

  private mutating func run(_ chunks: [TextChunk], from start: Int) -> [UInt8] {
    var chunks = chunks
    for index in stages.indices.dropFirst(start) {
      var output: [TextChunk] = []
      for chunk in chunks { stages[index].push(chunk, into: &output) }
      chunks = output
    }
    return Array(chunks.lazy.map(\.bytes).joined())
  }
}
