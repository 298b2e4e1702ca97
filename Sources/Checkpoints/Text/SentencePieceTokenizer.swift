import JSONReading

/// A tokenizer of checkpoints that have `tokenizer.model` alone.
enum SentencePieceTokenizer {
  /// Bytes of a piece; the longest in use have some sixty.
  private static let pieceLimit = 256
  /// Stands for a space in pieces.
  private static let space = "\u{2581}"

  static func name(_ directory: String) -> String { "\(directory)/tokenizer.model" }

  /// What transformers makes of the file: the contents of a `tokenizer.json`.
  ///
  /// - Parameter startToken: a control token before every text.
  static func read(_ path: String, startToken: String?) throws(CheckpointError) -> Settings {
    let model = try SentencePieceFile(path)
    func failure(_ reason: String) -> CheckpointError {
      CheckpointError(
        file: model.file, reason: "\(reason); AutoTokenizer of transformers writes tokenizer.json")
    }
    guard model.isBytePair else {
      throw failure("finds pieces by another way than merging pairs, which is not read")
    }
    guard !model.hasCharacterMap, !model.removesSpaces, model.escapesSpaces else {
      throw failure("changes characters or spaces of a text, which is not read")
    }
    var ids: [ExactString: Int] = [:]
    for (id, piece) in model.pieces.enumerated() {
      // Each place in a piece is looked up as one where two others may meet.
      guard piece.text.utf8.count <= pieceLimit else {
        throw failure("has a piece of \(piece.text.utf8.count) bytes, at most \(pieceLimit) are supported")
      }
      guard ids.updateValue(id, forKey: ExactString(piece.text)) == nil else {
        throw failure("has the piece \"\(piece.text.prefix(40))\" twice")
      }
    }
    let vocabulary = model.pieces.enumerated().map { (name: $1.text, value: JSON.integer($0)) }
    var parts: [(name: String, value: JSON)] = [
      ("type", .string("BPE")), ("vocab", .object(JSONObject(vocabulary))),
      ("merges", .array(merges(model, ids))), ("byte_fallback", .bool(model.fallsBackToBytes)),
      ("fuse_unk", .bool(true)),
    ]
    if let unknown = model.pieces.first(where: { $0.kind == SentencePieceFile.Kind.unknown }) {
      parts.append(("unk_token", .string(unknown.text)))
    }
    var members: [(name: String, value: JSON)] = [
      ("added_tokens", .array(try addedTokens(model))), ("model", .object(JSONObject(parts))),
      (
        "pre_tokenizer",
        object([
          ("type", .string("Metaspace")), ("replacement", .string(space)),
          ("prepend_scheme", .string(model.addsSpace ? "first" : "never")),
          ("add_prefix_space", .bool(model.addsSpace)), ("split", .bool(false)),
        ])
      ),
      ("decoder", decoder(model)),
    ]
    if let start = startToken {
      guard let id = ids[ExactString(start)] else { throw failure("has no piece \"\(start.prefix(40))\"") }
      members.append(("post_processor", template(start, id)))
    }
    return Settings(file: model.file, object: JSONObject(members))
  }

  private static func object(_ members: [(name: String, value: JSON)]) -> JSON {
    .object(JSONObject(members))
  }

  /// Every way to make a piece of two others, those of the largest score first.
  private static func merges(_ model: SentencePieceFile, _ ids: [ExactString: Int]) -> [JSON] {
    var found: [(score: Float, piece: Int, left: Int, right: Int, texts: (String, String))] = []
    for (id, piece) in model.pieces.enumerated() where piece.kind == 1 {
      let scalars = Array(piece.text.unicodeScalars)
      for cut in scalars.indices.dropFirst() {
        let texts = (
          String(String.UnicodeScalarView(scalars[..<cut])), String(String.UnicodeScalarView(scalars[cut...]))
        )
        guard let left = ids[ExactString(texts.0)], let right = ids[ExactString(texts.1)],
          [left, right].allSatisfy({ model.pieces[$0].kind == 1 })
        else { continue }
        found.append((piece.score, id, left, right, texts))
      }
    }
    found.sort {
      ($1.score, $0.piece, $0.left, $0.right) < ($0.score, $1.piece, $1.left, $1.right)
    }
    return found.map { .array([.string($0.texts.0), .string($0.texts.1)]) }
  }

  /// Control tokens, and what is found in a text as a whole.
  private static func addedTokens(_ model: SentencePieceFile) throws(CheckpointError) -> [JSON] {
    let kinds = [
      SentencePieceFile.Kind.unknown, SentencePieceFile.Kind.control, SentencePieceFile.Kind.userDefined,
    ]
    return model.pieces.enumerated().filter { kinds.contains($0.element.kind) }.map { id, piece in
      object([
        ("id", .integer(id)), ("content", .string(piece.text)),
        ("special", .bool(piece.kind != SentencePieceFile.Kind.userDefined)), ("normalized", .bool(false)),
      ])
    }
  }

  private static func decoder(_ model: SentencePieceFile) -> JSON {
    var steps = [
      object([
        ("type", .string("Replace")), ("pattern", object([("String", .string(space))])),
        ("content", .string(" ")),
      ]),
      object([("type", .string("ByteFallback"))]), object([("type", .string("Fuse"))]),
    ]
    if model.addsSpace {
      steps.append(
        object([
          ("type", .string("Strip")), ("content", .string(" ")), ("start", .integer(1)),
          ("stop", .integer(0)),
        ]))
    }
    return object([("type", .string("Sequence")), ("decoders", .array(steps))])
  }

  /// The start token before a text.
  private static func template(_ start: String, _ id: Int) -> JSON {
    object([
      ("type", .string("TemplateProcessing")),
      (
        "single",
        .array([
          object([("SpecialToken", object([("id", .string(start)), ("type_id", .integer(0))]))]),
          object([("Sequence", object([("id", .string("A")), ("type_id", .integer(0))]))]),
        ])
      ),
      (
        "special_tokens",
        object([
          (
            start,
            object([
              ("id", .string(start)), ("ids", .array([.integer(id)])), ("tokens", .array([.string(start)])),
            ])
          )
        ])
      ),
    ])
  }
}
