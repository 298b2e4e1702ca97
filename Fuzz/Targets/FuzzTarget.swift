/// A reader of what strangers write, to be given bytes of any kind.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// What a plan holds, changed, with all digests made right again; what it accepts is also used.
  case plan
  /// The file of a plan, changed byte by byte, with all checksums and digests made right again; what it accepts is
  /// also used.
  case structure
  /// A safetensors file.
  case safetensors
  /// A JSON document.
  case json
  /// A chat template, rendered with a conversation.
  case jinja
  /// A `tokenizer.json`, and a text encoded and decoded by what it accepts.
  case tokenizer
  /// A `tokenizer.model` of SentencePiece, and a text encoded and decoded by what it accepts.
  case sentencepiece
  /// A picture: JPEG, PNG, WebP, GIF or BMP.
  case picture
  /// A grammar or a JSON Schema, and an answer drawn by what it accepts.
  case grammar

  /// Reads an input, which must end, whatever the input is; returns whether it was accepted.
  @discardableResult
  public func read(_ bytes: [UInt8]) -> Bool {
    switch self {
    case .plan: PlanFuzzing.read(bytes)
    case .structure: StructureFuzzing.read(bytes)
    case .safetensors: SafetensorsFuzzing.read(bytes)
    case .json: JSONFuzzing.read(bytes)
    case .jinja: JinjaFuzzing.read(bytes)
    case .tokenizer: TokenizerFuzzing.read(bytes)
    case .sentencepiece: TokenizerFuzzing.readSentencePiece(bytes)
    case .picture: PictureFuzzing.read(bytes)
    case .grammar: GrammarFuzzing.read(bytes)
    }
  }
}
