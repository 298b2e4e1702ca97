/// Which bytes of the file belong to what.
///
/// Overlaps are found at the end, by sorting. Until then, no chunk of a header is read twice, and chunks that overlap
/// otherwise have no more bytes together than the file, or than the limit: what a thousand objects share is not read a
/// thousand times.
struct Claims {
  private var taken: [(range: Range<Int>, object: String)] = [(0..<Superblock.size, "/")]
  /// Places in `taken` of header chunks, by where they start.
  private var chunks: [Int: Int] = [:]
  private var headerBytesLeft: Int
  private let limit: Int

  init(fileSize: Int, limits: SubsetLimits) {
    limit = limits.headerBytes
    headerBytesLeft = min(fileSize, limits.headerBytes)
  }

  /// Takes bytes for a piece of a header, before they are read.
  mutating func takeHeader(_ range: Range<Int>, for object: String) throws(SubsetError) {
    if let other = chunks.updateValue(taken.count, forKey: range.lowerBound) {
      throw SubsetError(object, "shares bytes with \(taken[other].object)")
    }
    guard range.count <= headerBytesLeft else {
      throw SubsetError(object, "has headers that overlap, or exceed \(limit) bytes together")
    }
    headerBytesLeft -= range.count
    taken.append((range, object))
  }

  /// Takes bytes for elements.
  mutating func takeElements(_ range: Range<Int>, for object: String) { taken.append((range, object)) }

  /// Demands that no byte was taken twice.
  func check() throws(SubsetError) {
    let sorted = taken.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.range.upperBound > right.range.lowerBound
    {
      throw SubsetError(right.object, "shares bytes with \(left.object)")
    }
  }
}
