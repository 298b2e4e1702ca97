import Compute

/// Features of pictures in memory, no more bytes than a limit: what was not used for the longest time goes first.
struct KeptPictures {
  private let limit: Int
  private var entries: [PictureKey: Entry] = [:]
  private var clock = 0
  /// Bytes of all entries.
  private(set) var bytes = 0

  private struct Entry {
    let tokens: ImageTokens
    let bytes: Int
    var lastUse: Int
  }

  /// Keeps nothing yet, and no more than `limit` bytes.
  init(limit: Int) { self.limit = max(0, limit) }

  /// The features of a picture, which are used now.
  mutating func tokens(for key: PictureKey) -> ImageTokens? {
    clock += 1
    entries[key]?.lastUse = clock
    return entries[key]?.tokens
  }

  /// Takes features in, unless they alone are more than the limit.
  mutating func insert(_ tokens: ImageTokens, for key: PictureKey) {
    let own = tokens.heldBytes
    guard own <= limit, entries[key] == nil else { return }
    shrink(to: limit - own)
    clock += 1
    entries[key] = Entry(tokens: tokens, bytes: own, lastUse: clock)
    bytes += own
  }

  /// Bytes of all entries but some.
  func bytes(besides keys: [PictureKey]) -> Int {
    Set(keys).reduce(bytes) { $0 - (entries[$1]?.bytes ?? 0) }
  }

  /// Forgets until no more than so many bytes are held besides some entries, which stay.
  mutating func shrink(to limit: Int, sparing keys: [PictureKey] = []) {
    guard bytes(besides: keys) > limit else { return }
    let spared = Set(keys)
    let oldest = entries.filter { !spared.contains($0.key) }.sorted { $0.value.lastUse < $1.value.lastUse }
    var rest = bytes(besides: keys)
    for (key, entry) in oldest {
      if rest <= limit { return }
      entries[key] = nil
      rest -= entry.bytes
      bytes -= entry.bytes
    }
  }
}

extension ImageTokens {
  /// Bytes that they take: features and arrangement, with what the allocator adds.
  var heldBytes: Int {
    let order = arrangement.elements.reduce(0) { total, element in
      if case .tokens(let tokens) = element { total + 4 * tokens.count + 32 } else { total }
    }
    let grids = arrangement.blocks.reduce(0) { total, block in
      total + 8 * ((block.places?.count ?? 0) + block.rowCuts.count + block.columnCuts.count) + 320
    }
    return features.reduce(1024 + order + grids + 24 * arrangement.elements.count) { $0 + $1.bytes }
  }
}
