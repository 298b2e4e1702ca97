import Plan

extension PreparedImage {
  /// Leaves out tiles of a low score.
  mutating func select(_ selection: TileSelection, groupSide: Int) {
    let scores = TileScores(tiles).values
    tileCounts = tiles.indices.map { tile in
      let count = scores[tile] < selection.threshold ? 0 : 1
      return Array(repeating: count, count: tiles[tile].groupCount(side: groupSide))
    }
  }

  /// Leaves out groups that repeat their neighbours, of a picture without tiles.
  mutating func select(_ selection: PatchSelection, groupSide: Int) {
    guard let overview else { return }
    overviewCounts = RepeatedGroups.kept(of: overview, side: groupSide, tolerance: selection.tolerance)
      .map { $0 ? 1 : 0 }
  }

  /// Leaves out groups that do not stand out, of those that are there. Something of a picture always stays.
  mutating func select(_ selection: ContrastSelection, groupSide: Int) {
    if let overview {
      let contrast = GroupContrast([overview], columns: 1, side: groupSide)
      let before = overviewCounts
      var counts = contrast.counts(by: selection, among: before.map { [$0] }).joined().map { $0 }
      if tiles.isEmpty, counts.allSatisfy({ $0 == 0 }), let strongest = contrast.strongest(among: before) {
        counts[strongest] = 1
      }
      overviewCounts = counts
    }
    guard !tiles.isEmpty else { return }
    let contrast = GroupContrast(tiles, columns: columns, side: groupSide)
    let before = tileCounts
    var counts = contrast.counts(by: selection, among: before)
    if overviewCounts?.allSatisfy({ $0 == 0 }) ?? true, counts.joined().allSatisfy({ $0 == 0 }) {
      counts = before ?? counts.map { $0.map { _ in 1 } }
    }
    tileCounts = counts
  }
}

extension GroupContrast {
  /// Contrasts of the tiles of a picture, which are one grid, and of its overview.
  public static func grids(of picture: PreparedImage, side: Int) -> [GroupContrast] {
    let overview = picture.overview.map { [GroupContrast([$0], columns: 1, side: side)] } ?? []
    return picture.tiles.isEmpty
      ? overview : [GroupContrast(picture.tiles, columns: picture.columns, side: side)] + overview
  }
}

extension RGBImage {
  fileprivate func groupCount(side: Int) -> Int { width / side * (height / side) }
}
