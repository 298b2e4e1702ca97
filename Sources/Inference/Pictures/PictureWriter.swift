import Compute

/// Puts the parts of a kept picture into bytes.
struct PictureWriter {
  var bytes: [UInt8] = []

  init(reserving count: Int) { bytes.reserveCapacity(count) }

  /// A number that is not negative and has 32 bits: counts, sizes, and tokens.
  mutating func put(_ number: Int) {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).littleEndian) { bytes += $0 }
  }

  mutating func put(_ numbers: [Int]) {
    put(numbers.count)
    for number in numbers { put(number) }
  }

  mutating func put(_ arrangement: ImageArrangement) {
    put(arrangement.elements.count)
    put(arrangement.blocks.count)
    for element in arrangement.elements {
      switch element {
      case .tokens(let tokens):
        put(PictureFile.ElementKind.tokens.rawValue)
        put(tokens.map { Int($0) })
      case .block(let index):
        put(PictureFile.ElementKind.block.rawValue)
        put(index)
      case .newline: put(PictureFile.ElementKind.newline.rawValue)
      case .gap(let count):
        put(PictureFile.ElementKind.gap.rawValue)
        put(count)
      }
    }
    for block in arrangement.blocks { put(block) }
  }

  private mutating func put(_ block: ImageArrangement.Block) {
    for number in [block.rows, block.columns, block.leading] { put(number) }
    put(block.endsRows ? 1 : 0)
    put(block.endsEmptyRows ? 1 : 0)
    put(block.places == nil ? 0 : 1)
    if let places = block.places { put(places) }
    put(block.counts == nil ? 0 : 1)
    if let counts = block.counts { put(counts) }
    put(block.betweenRows.map { Int($0) })
    put(block.rowCuts)
    put(block.columnCuts)
  }

  mutating func put(_ matrix: FrozenMatrix) {
    let row = MatrixView(rows: 1, columns: matrix.columns)
    for index in 0..<matrix.rows {
      matrix.copy(rows: index..<index + 1, into: row)
      // Every processor that there are kernels for is little-endian.
      row.withRow(0) { bytes += UnsafeRawBufferPointer($0) }
    }
  }
}

extension PictureFile {
  /// Which element of an arrangement follows.
  enum ElementKind: Int {
    case tokens
    case block
    case newline
    case gap
  }
}
