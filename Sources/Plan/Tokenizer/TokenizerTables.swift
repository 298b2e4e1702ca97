/// A tokenizer prepared for the runtime: byte strings, merges by id, added tokens.
public struct TokenizerTables: Equatable, Sendable {
  /// What merging starts from.
  public var scheme = Scheme.byteLevel
  /// How text is changed before it is split, in order.
  public var normalization: [NormalizationStep] = []
  /// How text is cut into pre-tokens, in order; without a step a text is one pre-token.
  public var splitting: [SplittingStep] = []
  /// How tokens become text, in order.
  public var decoding: [DecodingStep] = [.byteLevel]
  /// Whether a pre-token that is a vocabulary entry is taken whole, before any merge.
  public var ignoresMerges = false
  /// Whether a character without a token becomes the tokens of its bytes, written `<0x0A>`.
  public var fallsBackToBytes = false
  /// The token of a character that has no other; -1 when such characters are left out.
  public var unknownToken = -1
  /// Whether unknown characters beside each other are one token.
  public var fusesUnknown = false
  /// Bytes of each token, by id. Added tokens have the bytes of their content. Ids without a token are empty.
  public var tokens: [[UInt8]] = []
  /// Merges in order of rank: ids of left, right and result.
  public var merges: [Merge] = []
  /// Tokens matched in the text before the model sees it.
  public var addedTokens: [AddedToken] = []

  /// An empty tokenizer.
  public init() {}

  /// What merging starts from.
  public enum Scheme: String, CaseIterable, Sendable {
    /// GPT-2's: UTF-8 bytes, each byte a token of the base vocabulary.
    case byteLevel = "byte_level"
    /// SentencePiece's: characters, with tokens that are text.
    case characters
  }

  /// One merge rule of byte-pair encoding.
  public struct Merge: Equatable, Sendable {
    /// Id of the left token.
    public var left: Int32
    /// Id of the right token.
    public var right: Int32
    /// Id of the token both become.
    public var result: Int32

    /// Creates a merge of two ids into a third.
    public init(left: Int32, right: Int32, result: Int32) {
      self.left = left
      self.right = right
      self.result = result
    }
  }

  /// A token that is matched as a whole in the input text.
  public struct AddedToken: Equatable, Sendable {
    /// Token id.
    public var id: Int32
    /// Text that is matched.
    public var content: String
    /// Matches only between non-word characters.
    public var singleWord: Bool
    /// Takes the white space on its left with it.
    public var stripsLeft: Bool
    /// Takes the white space on its right with it.
    public var stripsRight: Bool
    /// Is matched in normalised text.
    public var normalized: Bool
    /// Is a control token: left out of decoded text.
    public var special: Bool
    /// Is an entry of the model's own vocabulary too, which merging may arrive at.
    public var inVocabulary: Bool

    /// Creates an added token.
    public init(
      id: Int32, content: String, singleWord: Bool = false, stripsLeft: Bool = false,
      stripsRight: Bool = false, normalized: Bool = false, special: Bool = true, inVocabulary: Bool = false
    ) {
      self.id = id
      self.content = content
      self.singleWord = singleWord
      self.stripsLeft = stripsLeft
      self.stripsRight = stripsRight
      self.normalized = normalized
      self.special = special
      self.inVocabulary = inVocabulary
    }
  }
}
