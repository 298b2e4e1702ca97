import Plan

extension PreparedImage {
  /// Leaves out tiles of a low score.
  mutating func select(_ selection: TileSelection, groupSide: Int) {
    let scores = TileScores(tiles).values
    let none = tiles.map { Array(repeating: false, count: $0.groupCount(side: groupSide)) }
    keepTileGroups(scores.indices.map { scores[$0] < selection.threshold ? none[$0] : none[$0].map { _ in true } })
  }

  /// Leaves out groups that repeat their neighbours, of a picture without tiles.
  mutating func select(_ selection: PatchSelection, groupSide: Int) {
    guard let overview else { return }
    keepGroups(RepeatedGroups.kept(of: overview, side: groupSide, tolerance: selection.tolerance))
  }

  /// Leaves out groups that do not stand out. Something of a picture always stays.
  mutating func select(_ selection: ContrastSelection, groupSide: Int) {
    guard let contrast = GroupContrast(self, side: groupSide) else { return }
    let kept = contrast.kept(by: selection)
    guard tiles.isEmpty else {
      keepTileGroups(kept)
      if !selection.keepsOverview, let overview, keptTileGroups?.joined().contains(true) ?? false {
        keepGroups(Array(repeating: false, count: overview.groupCount(side: groupSide)))
      }
      return
    }
    let before = keptGroups
    keepGroups(kept.first ?? [])
    if let strongest = contrast.strongest(among: before), !(keptGroups?.contains(true) ?? true) {
      keptGroups = contrast.values.indices.map { $0 == strongest }
    }
  }

  private mutating func keepGroups(_ groups: [Bool]) {
    keptGroups = keptGroups.map { zip($0, groups).map { $0 && $1 } } ?? groups
  }

  private mutating func keepTileGroups(_ groups: [[Bool]]) {
    keptTileGroups = keptTileGroups.map { zip($0, groups).map { zip($0, $1).map { $0 && $1 } } } ?? groups
  }
}

extension GroupContrast {
  /// Contrasts of the tiles of a picture, or of the picture itself where it has none; `nil` where it is empty.
  public init?(_ picture: PreparedImage, side: Int) {
    if !picture.tiles.isEmpty {
      self.init(picture.tiles, columns: picture.columns, side: side)
    } else if let overview = picture.overview {
      self.init([overview], columns: 1, side: side)
    } else {
      return nil
    }
  }
}

extension RGBImage {
  fileprivate func groupCount(side: Int) -> Int { width / side * (height / side) }
}
