import Compute
import Digests
@testable import Inference
import TestSupport
import Testing

/// The bytes of a kept picture, right and wrong.
@Suite(.endsWithin(minutes: 2)) struct PictureFileTests {
  private let key = PictureKey(digest: Array(0..<32))
  private let limits = PictureLimits(width: 3, vocabulary: 10, visual: 16, tokens: 64)

  /// Everything that an arrangement can have.
  private var picture: ImageTokens {
    var whole = ImageArrangement.Block(rows: 2, columns: 3)
    (whole.endsRows, whole.rowCuts, whole.columnCuts) = (true, [1], [1, 2])
    var part = ImageArrangement.Block(rows: 2, columns: 2)
    (part.leading, part.places, part.endsEmptyRows) = (1, [0, 3], false)
    part.counts = [1, 3]
    var empty = ImageArrangement.Block(rows: 1, columns: 4)
    empty.places = []
    var arrangement = ImageArrangement()
    arrangement.blocks = [whole, part, empty]
    arrangement.elements = [
      .tokens([1, 9]), .block(0), .newline, .block(1), .gap(5), .tokens([]), .block(2),
    ]
    return ImageTokens(
      arrangement: arrangement,
      features: arrangement.blocks.enumerated().map {
        FrozenMatrix(randomMatrix($1.count, 3, seed: UInt64($0)))
      })
  }

  private func read(_ bytes: [UInt8]) -> ImageTokens? {
    PictureFile.picture(in: bytes, for: key, within: limits)
  }

  /// The bytes with a digest that fits them.
  private func sealed(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var digest = SHA256()
    digest.update(Array(bytes))
    return bytes + digest.finalized()
  }

  @Test func `what is read is what was written, bit for bit`() throws {
    let bytes = PictureFile.bytes(of: picture, for: key)
    let back = try #require(read(bytes))
    #expect(back.arrangement == picture.arrangement)
    #expect(
      back.features.map { $0.elements.map(\.bitPattern) }
        == picture.features.map { $0.elements.map(\.bitPattern) })
    #expect(PictureFile.bytes(of: back, for: key) == bytes)
  }

  @Test func `a file with any byte changed is ignored`() {
    let bytes = PictureFile.bytes(of: picture, for: key)
    for place in bytes.indices {
      for change: UInt8 in [1, 0x80, 0xFF] {
        var damaged = bytes
        damaged[place] ^= change
        #expect(read(damaged) == nil, "byte \(place)")
      }
    }
  }

  @Test func `a file of any other length is ignored`() {
    let bytes = PictureFile.bytes(of: picture, for: key)
    for count in bytes.indices { #expect(read(Array(bytes[..<count])) == nil, "\(count) bytes") }
    #expect(read(bytes + [0]) == nil)
    // Nor are they read where the digest is that of what is left.
    let body = bytes.dropLast(32)
    for count in 0..<body.count { #expect(read(sealed(body.prefix(count))) == nil, "\(count) bytes") }
    #expect(read(sealed(body + [0, 0, 0, 0])) == nil)
    #expect(read(sealed(body)) != nil)
  }

  @Test func `any number in it may be hostile beside a right digest`() {
    let body = Array(PictureFile.bytes(of: picture, for: key).dropLast(32))
    for place in stride(from: 16, to: body.count, by: 4) {
      for word: UInt32 in [0, 1, 2, 0x7F, 0xFFFF, 0xFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
        var hostile = body
        withUnsafeBytes(of: word.littleEndian) { hostile.replaceSubrange(place..<place + 4, with: $0) }
        guard let accepted = read(sealed(hostile)) else { continue }
        // What is accepted can be used.
        #expect(limits.allow(accepted))
        _ = accepted.arrangement.wholeNumbers
        for block in accepted.arrangement.blocks { _ = block.tiles(firstVisual: 0) }
      }
    }
  }

  @Test func `what the model of the question cannot take is ignored`() {
    let bytes = PictureFile.bytes(of: picture, for: key)
    func read(_ change: (inout PictureLimits) -> Void) -> ImageTokens? {
      var limits = limits
      change(&limits)
      return PictureFile.picture(in: bytes, for: key, within: limits)
    }
    #expect(read { _ in } != nil)
    #expect(read { $0.width = 4 } == nil && read { $0.vocabulary = 9 } == nil)
    #expect(read { $0.visual = picture.arrangement.visualCount } != nil)
    #expect(read { $0.visual = picture.arrangement.visualCount - 1 } == nil)
    #expect(read { $0.tokens = picture.arrangement.count } != nil)
    #expect(read { $0.tokens = picture.arrangement.count - 1 } == nil)
    let other = PictureKey(digest: Array(1..<33))
    #expect(PictureFile.picture(in: bytes, for: other, within: limits) == nil)
  }

  static let hostile: [(String, @Sendable (inout ImageTokens) -> Void)] = [
    ("a block that is not there", { $0.arrangement.elements.append(.block(3)) }),
    ("a block twice", { $0.arrangement.elements.append(.block(2)) }),
    ("a block nowhere", { $0.arrangement.elements.removeLast() }),
    ("no columns", { $0.arrangement.blocks[2].columns = 0 }),
    ("a place behind the last", { $0.arrangement.blocks[1].places = [0, 4] }),
    ("places that descend", { $0.arrangement.blocks[1].places = [3, 0] }),
    ("a count of none", { $0.arrangement.blocks[1].counts = [0, 4] }),
    ("more counts than tokens", { $0.arrangement.blocks[1].counts = [1, 1, 2] }),
    ("a count beyond all grids", { $0.arrangement.blocks[1].counts = [1, 1 << 25] }),
    ("a cut at the edge", { $0.arrangement.blocks[0].rowCuts = [2] }),
    ("cuts that stand still", { $0.arrangement.blocks[0].columnCuts = [1, 1] }),
    ("a long gap", { $0.arrangement.elements.append(.gap(1 << 21)) }),
    (
      "a large grid",
      { ($0.arrangement.blocks[2].rows, $0.arrangement.blocks[2].columns) = (1 << 13, 1 << 12) }
    ),
    ("a token beyond the vocabulary", { $0.arrangement.elements.append(.tokens([10])) }),
    (
      "no number",
      {
        let matrix = MatrixView(rows: 6, columns: 3)
        matrix[5, 2] = .nan
        $0.features[0] = FrozenMatrix(matrix)
      }
    ),
  ]

  @Test(arguments: hostile.indices) func `an arrangement that no picture has is ignored`(index: Int) {
    var picture = picture
    Self.hostile[index].1(&picture)
    #expect(read(PictureFile.bytes(of: picture, for: key)) == nil, "\(Self.hostile[index].0)")
  }
}
