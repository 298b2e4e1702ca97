/// What the points of a plan did to the visual tokens of a set.
public struct PatchFindings: Sendable {
  /// Some samples in pictures.
  public var samples: [SamplePicture] = []
  /// Averages over the samples of the commonest shape; `nil` where no sample has exactly one picture.
  public var places: PlaceShares?

  /// Nothing found yet.
  public init() {}
}

/// One sample with what the tower saw and what each point kept of it.
public struct SamplePicture: Sendable {
  /// Name of the sample.
  public var id: String
  /// What was asked.
  public var prompt: String
  /// The right answer, where the set has one.
  public var answer: String?
  /// Kind of question, where the set says it.
  public var task: String?
  /// The blocks of all its pictures, in the order of the prompt.
  public var blocks: [Block]
  /// What each point did, in the order of the report.
  public var points: [Outcome]

  /// Pixels under a grid of tokens.
  public struct Block: Sendable {
    /// A PNG file.
    public var png: [UInt8]
    /// Width in pixels.
    public var width: Int
    /// Height in pixels.
    public var height: Int
    /// The grid over it.
    public var grid: Grid
  }

  /// What one point did.
  public struct Outcome: Sendable {
    /// Name of the point.
    public var point: String
    /// Its answer.
    public var answer: String
    /// Whether the answer is right; `nil` without a right answer.
    public var correct: Bool?
    /// Whether each visual token of the prompt outlives token pruning.
    public var isKept: [Bool]
    /// Share of the caches that hold each of them at the end of prefill.
    public var cacheShares: [Double]
  }
}

/// A grid of tokens within a prompt.
public struct Grid: Hashable, Sendable {
  /// Number of its first visual token within the prompt.
  public var first: Int
  /// Rows.
  public var rows: Int
  /// Columns.
  public var columns: Int

  /// Its tokens, row by row.
  public var tokens: Range<Int> { first..<first + rows * columns }
}

/// How often the token at each place is kept, over all samples with the same grids.
public struct PlaceShares: Sendable {
  /// The grids of each sample.
  public var grids: [Grid]
  /// Samples that have them.
  public var samples: Int
  /// Samples of the set.
  public var total: Int
  /// Shares at each point that prunes, in the order of the report.
  public var points: [Point]

  /// Shares at one point.
  public struct Point: Sendable {
    /// Name of the point.
    public var name: String
    /// Share of the samples in which each visual token of the prompt outlives token pruning.
    public var kept: [Double]
    /// Share of the caches that hold it, mean over the samples.
    public var cached: [Double]
  }
}
