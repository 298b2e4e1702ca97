import Compute

/// Takes the parts of a kept picture out of bytes that may be anybody's: `nil` where they are not what they should be, and
/// nothing is reserved that the bytes do not have.
struct PictureReader {
  private let bytes: [UInt8]
  private var place = 0
  private let end: Int

  /// Reads the bytes before `end`.
  init(_ bytes: [UInt8], end: Int) {
    self.bytes = bytes
    self.end = min(max(0, end), bytes.count)
  }

  /// Whether everything was taken.
  var isAtEnd: Bool { place == end }

  /// The next bytes.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= end - place else { return nil }
    defer { place += count }
    return bytes[place..<place + count]
  }

  /// The next number.
  mutating func number() -> Int? {
    take(4).map { $0.reversed().reduce(0) { $0 << 8 | Int($1) } }
  }

  private mutating func flag() -> Bool? {
    guard let number = number(), number <= 1 else { return nil }
    return number == 1
  }

  /// So many numbers as the first one says.
  private mutating func numbers() -> [Int]? {
    guard let count = number(), let bytes = take(4 * count) else { return nil }
    return (0..<count).map { index in
      let first = bytes.startIndex + 4 * index
      return bytes[first..<first + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// An arrangement, which may be one that no picture has.
  mutating func arrangement() -> ImageArrangement? {
    guard let elements = number(), let blocks = number() else { return nil }
    var result = ImageArrangement()
    for _ in 0..<elements {
      guard let element = element() else { return nil }
      result.elements.append(element)
    }
    for _ in 0..<blocks {
      guard let block = block() else { return nil }
      result.blocks.append(block)
    }
    return result
  }

  private mutating func element() -> ImageArrangement.Element? {
    guard let kind = number().flatMap(PictureFile.ElementKind.init) else { return nil }
    switch kind {
    case .tokens: return numbers().map { .tokens($0.map { Int32(truncatingIfNeeded: $0) }) }
    case .block: return number().map { .block($0) }
    case .newline: return .newline
    case .gap: return number().map { .gap($0) }
    }
  }

  private mutating func block() -> ImageArrangement.Block? {
    guard let rows = number(), let columns = number(), let leading = number(), let endsRows = flag(),
      let endsEmptyRows = flag(), let hasPlaces = flag()
    else { return nil }
    var block = ImageArrangement.Block(rows: rows, columns: columns)
    (block.leading, block.endsRows, block.endsEmptyRows) = (leading, endsRows, endsEmptyRows)
    if hasPlaces {
      guard let places = numbers() else { return nil }
      block.places = places
    }
    guard let hasCounts = flag() else { return nil }
    if hasCounts {
      guard let counts = numbers() else { return nil }
      block.counts = counts
    }
    guard let betweenRows = numbers() else { return nil }
    block.betweenRows = betweenRows.map { Int32(truncatingIfNeeded: $0) }
    guard let rowCuts = numbers(), let columnCuts = numbers() else { return nil }
    (block.rowCuts, block.columnCuts) = (rowCuts, columnCuts)
    return block
  }

  /// The features of each block; `nil` where the rest of the bytes is too short, or one is no number.
  mutating func features(of arrangement: ImageArrangement, width: Int) -> [FrozenMatrix]? {
    var result: [FrozenMatrix] = []
    for block in arrangement.blocks {
      let (places, overflow) = block.rows.multipliedReportingOverflow(by: block.columns)
      let room = (end - place) / (4 * max(1, width))
      guard block.places != nil || !overflow, block.places?.count ?? places <= room, block.leading <= room,
        let matrix = matrix(rows: block.leading + (block.places?.count ?? places), columns: width)
      else { return nil }
      result.append(matrix)
    }
    return result
  }

  private mutating func matrix(rows: Int, columns: Int) -> FrozenMatrix? {
    guard let source = take(4 * rows * columns) else { return nil }
    let matrix = MatrixView(rows: rows, columns: columns)
    var areNumbers = true
    source.withUnsafeBytes { source in
      for row in 0..<rows {
        matrix.withRow(row) { target in
          for column in 0..<columns {
            let bits = source.loadUnaligned(fromByteOffset: 4 * (row * columns + column), as: UInt32.self)
            target[column] = Float(bitPattern: UInt32(littleEndian: bits))
            areNumbers = areNumbers && target[column].isFinite
          }
        }
      }
    }
    return areNumbers ? FrozenMatrix(takingOver: matrix) : nil
  }
}
