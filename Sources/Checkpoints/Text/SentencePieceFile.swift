import PlanFile

/// A `tokenizer.model` of SentencePiece: its pieces, and how text is brought into the form that they are of.
///
/// The file is a message of Protocol Buffers. Of its fields those are read that say what becomes of a text.
struct SentencePieceFile {
  /// A piece of text, or a control token.
  struct Piece {
    var text = ""
    /// How early it is merged: the largest first.
    var score: Float = 0
    var kind = 1
  }

  /// Kinds of pieces, by their numbers in the file.
  enum Kind {
    static let unknown = 2
    static let control = 3
    static let userDefined = 4
    static let byte = 6
  }

  /// The file that was read.
  let file: String
  /// Pieces by id.
  private(set) var pieces: [Piece] = []
  /// Whether pieces are found by merging pairs, the one kind of model that is read here.
  private(set) var isBytePair = false
  private(set) var fallsBackToBytes = false
  private(set) var addsSpace = true
  private(set) var removesSpaces = true
  private(set) var escapesSpaces = true
  /// Whether characters are replaced by a table of the file.
  private(set) var hasCharacterMap = false

  init(_ path: String) throws(CheckpointError) {
    file = path
    let mapping = try mapFile(path, sizeLimit: 64 << 20)
    let bytes = withExtendedLifetime(mapping) { Array(mapping.bytes) }
    var reader = MessageReader(bytes[...])
    do {
      while let field = try reader.next() {
        switch field.number {
        case 1: pieces.append(try Self.piece(try field.message()))
        case 2: try readTrainer(try field.message())
        case 3: try readNormalizer(try field.message())
        default: break
        }
      }
    } catch { throw CheckpointError(file: path, reason: "is no model of SentencePiece: \(error.reason)") }
    guard !pieces.isEmpty else {
      throw CheckpointError(file: path, reason: "is no model of SentencePiece: it has no pieces")
    }
  }

  private static func piece(_ bytes: ArraySlice<UInt8>) throws(MessageError) -> Piece {
    var reader = MessageReader(bytes)
    var piece = Piece()
    while let field = try reader.next() {
      switch field.number {
      case 1:
        guard let text = String(validating: try field.message(), as: UTF8.self) else {
          throw MessageError(reason: "a piece is no UTF-8")
        }
        piece.text = text
      case 2: piece.score = try field.float()
      case 3: piece.kind = try field.integer()
      default: break
      }
    }
    return piece
  }

  private mutating func readTrainer(_ bytes: ArraySlice<UInt8>) throws(MessageError) {
    var reader = MessageReader(bytes)
    while let field = try reader.next() {
      switch field.number {
      case 3: isBytePair = try field.integer() == 2
      case 35: fallsBackToBytes = try field.integer() != 0
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ bytes: ArraySlice<UInt8>) throws(MessageError) {
    var reader = MessageReader(bytes)
    while let field = try reader.next() {
      switch field.number {
      case 2: hasCharacterMap = try !field.message().isEmpty
      case 3: addsSpace = try field.integer() != 0
      case 4: removesSpaces = try field.integer() != 0
      case 5: escapesSpaces = try field.integer() != 0
      default: break
      }
    }
  }
}
