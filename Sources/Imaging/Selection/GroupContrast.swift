import Plan

/// How much each group of patches stands out from a picture's own noise (section 7.4 of the methods).
///
/// A group's contrast is the spread of its pixels, as in `TileScores`, over one more than the median spread of all groups
/// of the picture. Groups are on one grid, that of all tiles put together.
public struct GroupContrast: Sendable {
  /// Contrasts of all groups, in raster order of the whole grid.
  public let values: [Double]
  /// Rows of the whole grid.
  private let rows: Int
  /// Columns of the whole grid.
  private let columns: Int
  /// Places of each tile's groups on the whole grid, raster order in raster order.
  private let places: [[Int]]

  /// Contrasts of the tiles of a picture, which all have one size and stand in so many columns. Groups are squares of
  /// `side` pixels.
  public init(_ tiles: [RGBImage], columns tileColumns: Int, side: Int) {
    let (tileHeight, tileWidth) = ((tiles.first?.height ?? 0) / side, (tiles.first?.width ?? 0) / side)
    let width = tileColumns * tileWidth
    columns = width
    rows = tiles.count / max(1, tileColumns) * tileHeight
    places = tiles.indices.map { tile in
      let first = tile / tileColumns * tileHeight * width + tile % tileColumns * tileWidth
      return (0..<tileHeight).flatMap { row in (0..<tileWidth).map { first + row * width + $0 } }
    }
    var spreads = Array(repeating: 0.0, count: rows * columns)
    for (tile, places) in zip(tiles, places) {
      for (group, place) in places.enumerated() {
        let (row, column) = group.quotientAndRemainder(dividingBy: tileWidth)
        spreads[place] = tile.spread(
          column * side..<(column + 1) * side, row * side..<(row + 1) * side)
      }
    }
    let median = spreads.median ?? 0
    values = spreads.map { $0 / (median + 1) }
  }

  /// For each group of each tile how many groups its token stands for, 0 where it leaves.
  ///
  /// Groups stay that have at least the threshold's contrast, or that are within the margin of one that has. Of all others
  /// some stay, which stand for those that do not. Groups that `before` has 0 for have left already.
  func counts(by selection: ContrastSelection, among before: [[Int]]?) -> [[Int]] {
    let isNear = near(values.map { $0 >= selection.threshold }, margin: selection.margin)
    var isThere = Array(repeating: true, count: values.count)
    for (place, count) in zip(places.joined(), (before ?? []).joined()) where count == 0 {
      isThere[place] = false
    }
    var counts = zip(isNear, isThere).map { $0 && $1 ? 1 : 0 }
    let standing = everyPlace(selection.spacing).filter { !isNear[$0] && isThere[$0] }
    let others = isNear.count { !$0 }
    for (index, place) in standing.enumerated() {
      // As even as whole numbers can be.
      counts[place] = (index + 1) * others / standing.count - index * others / standing.count
    }
    return places.map { $0.map { counts[$0] } }
  }

  /// A place of every so many rows and columns, in raster order; none for 0.
  private func everyPlace(_ spacing: Int) -> [Int] {
    guard spacing > 0 else { return [] }
    return stride(from: spacing / 2, to: rows, by: spacing).flatMap { row in
      stride(from: spacing / 2, to: columns, by: spacing).map { row * columns + $0 }
    }
  }

  /// The group that stands out most of those that have not left, the first of equal ones.
  func strongest(among before: [Int]?) -> Int? {
    let candidates = values.indices.filter { before?[$0] ?? 1 > 0 }
    return candidates.max { values[$0] < values[$1] || values[$0] == values[$1] && $0 > $1 }
  }

  /// Whether any place up to `margin` rows and columns away is set, whatever the margin in one pass along each axis.
  private func near(_ flags: [Bool], margin: Int) -> [Bool] {
    guard margin > 0 else { return flags }
    var result = flags
    for row in 0..<rows { result.widen(count: columns, by: margin) { row * columns + $0 } }
    for column in 0..<columns { result.widen(count: rows, by: margin) { $0 * columns + column } }
    return result
  }
}

extension [Bool] {
  /// Sets the places of a line that are at most `margin` from one that is set.
  fileprivate mutating func widen(count: Int, by margin: Int, place: (Int) -> Int) {
    let isSet = (0..<count).map { self[place($0)] }
    for way in [[Int](0..<count), [Int]((0..<count).reversed())] {
      var distance = Int.max
      for index in way {
        distance = isSet[index] ? 0 : distance == .max ? .max : distance + 1
        if distance <= margin { self[place(index)] = true }
      }
    }
  }
}
