/// One input of a tower: a picture, or a tile of one.
public struct TowerInput {
  /// `[height x width x 3]` bytes of whole patches (a tower of a fixed size: of that size).
  public let pixels: [UInt8]
  /// Rows of pixels.
  public let height: Int
  /// Columns of pixels.
  public let width: Int
  /// For each patch how many patches its row stands for, 0 where it does not enter the tower at all; `nil` for 1
  /// everywhere.
  public let counts: [Int]?

  /// Pixels, and which of their patches enter the tower.
  public init(pixels: [UInt8], height: Int, width: Int, counts: [Int]? = nil) {
    self.pixels = pixels
    self.height = height
    self.width = width
    self.counts = counts
  }

  /// Whether nothing of it enters the tower.
  public var isEmpty: Bool { counts?.allSatisfy { $0 == 0 } ?? false }

  /// Patches that enter a tower.
  func patchCount(side: Int) -> Int { counts?.count { $0 > 0 } ?? (height / side) * (width / side) }
}

extension TowerInput {
  /// Rows that a tower works on at once where they are not of one input.
  ///
  /// Few rows a product use less of a processor, and many of them leave its caches.
  public static let batchRows = 512

  /// Inputs that go through a tower together, in their order: as many as have no more than `limit` patches, one at least.
  public static func batches(
    _ inputs: [TowerInput], patchSize: Int, limit: Int = batchRows
  ) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var (first, rows) = (0, 0)
    for (index, input) in inputs.enumerated() {
      let own = input.patchCount(side: patchSize)
      if index > first, rows + own > limit {
        result.append(first..<index)
        (first, rows) = (index, 0)
      }
      rows += own
    }
    if first < inputs.count { result.append(first..<inputs.count) }
    return result
  }
}
