internal import Imaging
internal import Inference

/// What was read of a prompt, kept for prompts that begin alike: at the same point, about the same pictures.
final class KeptReader {
  let point: String
  let digests: [String]
  var reader: PromptReader
  /// Whether answers run behind it: others may copy it, but not use it.
  var isInUse = true
  /// A count that grows with every use.
  var lastUse = 0

  init(point: String, digests: [String], _ reader: consuming PromptReader) {
    self.point = point
    self.digests = digests
    self.reader = reader
  }

  var bytes: Int { reader.heldBytes }

  /// Which places of some views have a token that outlives pruning.
  func patches(of views: [PictureView]) -> [Service.PatchView] {
    guard !views.isEmpty, let kept = reader.keptTokens else { return [] }
    var (first, firsts, numbers): (Int, [Int], [Int]) = (0, [], [])
    for arrangement in reader.arrangements {
      firsts.append(first)
      numbers += arrangement.wholeNumbers.map { first + $0 }
      first += arrangement.wholeCount
    }
    let isKept = Set(kept.filter(numbers.indices.contains).map { numbers[$0] })
    return views.compactMap { view in
      guard firsts.indices.contains(view.picture), let png = try? view.block.pixels.png() else { return nil }
      let start = firsts[view.picture] + view.block.firstVisual
      let places = (0..<view.block.rows * view.block.columns).filter { isKept.contains(start + $0) }
      return Service.PatchView(
        picture: view.picture, png: png, rows: view.block.rows, columns: view.block.columns, kept: places)
    }
  }
}

/// Prompts that were read, those that were not used for longest first to go. For the thread whose turn it is.
struct KeptReaders {
  private var kept: [KeptReader] = []
  private var uses = 0
  /// Most bytes of those that are not in use.
  private let limit: Int
  /// Parts of a prompt that are read again rather than copied: a copy takes the memory of the whole prompt.
  private static let worthCopying = 64
  /// Most readers, as each is looked at for every prompt.
  private static let countLimit = 512

  init(limit: Int) { self.limit = limit }

  /// Bytes of those that are not in use.
  var idleBytes: Int { kept.reduce(0) { $0 + ($1.isInUse ? 0 : $1.bytes) } }
  /// Bytes of those that are.
  var usedBytes: Int { kept.reduce(0) { $0 + ($1.isInUse ? $1.bytes : 0) } }

  /// The reader that knows most of a prompt, or a copy of it where others need it as it is; `nil` where none knows any.
  mutating func take(
    point: String, digests: [String], for layout: PromptLayout
  ) -> KeptReader? {
    let alike = kept.filter { $0.point == point && $0.digests == digests }
    let overlaps = alike.map { ($0, $0.reader.overlap(with: layout)) }
    // Of those that know the same, one that nobody uses, and whose loss is the least.
    let best = overlaps.filter { $0.1.known > 0 }.max { left, right in
      if left.1.known != right.1.known { return left.1.known < right.1.known }
      if left.0.isInUse != right.0.isInUse { return left.0.isInUse }
      return left.1.lost > right.1.lost
    }
    guard let (found, overlap) = best else { return nil }
    let fits = idleBytes + found.bytes <= limit
    if !found.isInUse, overlap.lost < Self.worthCopying || !fits {
      found.isInUse = true
      return found
    }
    guard fits else { return nil }
    touch(found)
    return add(
      KeptReader(point: point, digests: digests, found.reader.copy(forgetting: overlap.lost)))
  }

  /// Keeps a reader, which is in use.
  @discardableResult
  mutating func add(_ reader: KeptReader) -> KeptReader {
    kept.append(reader)
    touch(reader)
    return reader
  }

  /// Takes a reader back whose answers have ended.
  mutating func giveBack(_ reader: KeptReader) {
    // After a failure nothing is known.
    guard reader.reader.knowsPrompt else { return remove(reader) }
    reader.isInUse = false
    touch(reader)
    shrink(to: limit)
  }

  /// Forgets a reader.
  mutating func remove(_ reader: KeptReader) { kept.removeAll { $0 === reader } }

  /// Forgets what was not used for longest until no more than so many bytes are held that nobody uses, by a bounded number.
  mutating func shrink(to limit: Int) {
    while idleBytes > max(0, limit) || kept.count > Self.countLimit,
      let oldest = kept.filter({ !$0.isInUse }).min(by: { $0.lastUse < $1.lastUse })
    {
      remove(oldest)
    }
  }

  private mutating func touch(_ reader: KeptReader) {
    uses += 1
    reader.lastUse = uses
  }
}
