import Plan
import Testing
import TestSupport

@testable import Imaging

/// Which groups of patches stand out from a picture's own noise, and what stands for the others.
@Suite(.endsWithin(minutes: 1)) struct GroupContrastTests {
  /// A plain picture of groups of 4 x 4 pixels with a bright pixel in some of them.
  private func picture(rows: Int, columns: Int, bright: [Int], value: UInt8 = 250) -> RGBImage {
    var image = RGBImage(
      width: 4 * columns, height: 4 * rows, pixels: Array(repeating: 50, count: 16 * rows * columns * 3))
    for group in bright {
      let (row, column) = group.quotientAndRemainder(dividingBy: columns)
      let pixel = (4 * row + 1) * image.width + 4 * column + 2
      for channel in 0..<3 { image.pixels[3 * pixel + channel] = value }
    }
    return image
  }

  private func counts(
    _ image: RGBImage, _ selection: ContrastSelection, among before: [Int]? = nil
  ) -> [Int] {
    GroupContrast([image], columns: 1, side: 4).counts(by: selection, among: before.map { [$0] })[0]
  }

  @Test func `contrast is spread over one more than the median`() {
    let contrast = GroupContrast([picture(rows: 1, columns: 3, bright: [1])], columns: 1, side: 4)
    // One of sixteen pixels is 200 brighter: a deviation of 200 * sqrt(15) / 16.
    #expect(contrast.values[0] == 0 && contrast.values[2] == 0)
    #expect(abs(contrast.values[1] - 200 * 15.0.squareRoot() / 16) < 1e-9)
  }

  @Test(arguments: [0, 1, 2]) func `what is near stays, on the whole grid`(margin: Int) {
    let image = picture(rows: 7, columns: 9, bright: [3 * 9 + 4])
    let kept = counts(image, ContrastSelection(threshold: 5, margin: margin, spacing: 0))
    for row in 0..<7 {
      for column in 0..<9 {
        let isNear = abs(row - 3) <= margin && abs(column - 4) <= margin
        #expect(kept[row * 9 + column] == (isNear ? 1 : 0), "\(row), \(column)")
      }
    }
  }

  @Test func `a margin goes across the edges of tiles`() {
    // Two tiles of 2 x 2 groups, side by side; the upper right group of the left one stands out.
    let tiles = [picture(rows: 2, columns: 2, bright: [1]), picture(rows: 2, columns: 2, bright: [])]
    let contrast = GroupContrast(tiles, columns: 2, side: 4)
    let kept = contrast.counts(by: ContrastSelection(threshold: 5, margin: 1, spacing: 0), among: nil)
    #expect(kept == [[1, 1, 1, 1], [1, 0, 1, 0]])
  }

  @Test(arguments: [1, 2, 3, 4, 7], [0, 1]) func `counts add up to all groups, as evenly as can be`(
    spacing: Int, margin: Int
  ) {
    let image = picture(rows: 11, columns: 13, bright: [0, 70, 71, 140])
    let kept = counts(image, ContrastSelection(threshold: 5, margin: margin, spacing: spacing))
    #expect(kept.reduce(0, +) == 11 * 13)
    let near = counts(image, ContrastSelection(threshold: 5, margin: margin, spacing: 0))
    let standing = kept.indices.filter { near[$0] == 0 && kept[$0] > 0 }
    #expect(standing.allSatisfy { $0 / 13 % spacing == spacing / 2 && $0 % 13 % spacing == spacing / 2 })
    let others = standing.map { kept[$0] }
    #expect((others.max() ?? 0) - (others.min() ?? 0) <= 1)
    #expect(kept.indices.allSatisfy { near[$0] == 0 || kept[$0] == 1 })
  }

  @Test func `nothing is left out at a threshold of nothing`() {
    let image = picture(rows: 3, columns: 5, bright: [7])
    #expect(counts(image, ContrastSelection(threshold: 0)) == Array(repeating: 1, count: 15))
  }

  @Test func `what has left already does not come back, and others stand for it`() {
    let image = picture(rows: 4, columns: 4, bright: [0])
    var before = Array(repeating: 1, count: 16)
    before[0] = 0
    before[5] = 0
    let kept = counts(image, ContrastSelection(threshold: 5, margin: 0, spacing: 2), among: before)
    #expect(kept[0] == 0 && kept[5] == 0)
    // Of the places 5, 7, 13 and 15 three are there, for 15 groups.
    #expect(kept.indices.filter { kept[$0] > 0 } == [7, 13, 15] && kept.reduce(0, +) == 15)
  }

  @Test func `of a picture without anything that stands out the strongest group stays`() {
    var prepared = PreparedImage(
      picture(rows: 2, columns: 3, bright: [4]), of: picture(rows: 2, columns: 3, bright: []))
    prepared.select(ContrastSelection(threshold: 1e6, spacing: 0), groupSide: 4)
    #expect(prepared.overviewCounts == [0, 0, 0, 0, 1, 0] && !prepared.isOverviewLeftOut)
  }

  @Test func `of tiles without anything that stands out all stay, and a part of them where some have left`() {
    let plain = picture(rows: 2, columns: 2, bright: [])
    var prepared = PreparedImage(plain, of: plain)
    (prepared.tiles, prepared.rows, prepared.columns) = ([plain, plain], 1, 2)
    var other = prepared
    prepared.select(ContrastSelection(threshold: 1e6, spacing: 0), groupSide: 4)
    #expect(prepared.isOverviewLeftOut && prepared.tileCounts == [[1, 1, 1, 1], [1, 1, 1, 1]])
    other.tileCounts = [[0, 0, 0, 0], [1, 1, 1, 1]]
    other.select(ContrastSelection(threshold: 1e6, spacing: 0), groupSide: 4)
    #expect(other.leftOutTiles == [0] && other.tileCounts?[1] == [1, 1, 1, 1])
  }
}
