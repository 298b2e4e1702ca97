/// What a question asks for, by sizes alone: what its memory depends on.
public struct MemoryRequest: Equatable, Sendable {
  /// One picture.
  public struct Picture: Equatable, Sendable {
    /// Bytes of the encoded picture.
    public var encodedBytes: Int
    /// Pixels of the picture as it is in its file.
    public var sourcePixels: Int
    /// Pixels of each input of the tower: overview and tiles.
    public var inputPixels: [Int]
    /// Visual tokens of each grid that tokens are chosen from.
    public var gridTokens: [Int]
    /// Visual tokens.
    public var visualTokens: Int
  }

  /// The pictures.
  public var pictures: [Picture]
  /// Tokens of the prompt, those of pictures included.
  public var promptTokens: Int
  /// Most tokens of the answer.
  public var answerTokens: Int
  /// Threads.
  public var threads: Int
  /// Whether the whole cache is kept for the next question beside the one that answers.
  public var keepsWhole: Bool

  /// Creates a request.
  public init(
    pictures: [Picture], promptTokens: Int, answerTokens: Int, threads: Int, keepsWhole: Bool = false
  ) {
    self.pictures = pictures
    self.promptTokens = promptTokens
    self.answerTokens = answerTokens
    self.threads = threads
    self.keepsWhole = keepsWhole
  }
}
