extension ImageTiling {
  /// The resolution that a text names: a number in the first measure that the family's processor knows, `MEASURE:NUMBER`,
  /// or `overview` for the overview alone; `nil` where it names none.
  public func resolution(named text: String) -> Resolution? {
    if text == "overview" { return measures.contains(.tiles) ? Resolution(.tiles, 0) : nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let number = parts.last.flatMap({ Int($0) }), number >= 0 else { return nil }
    if parts.count == 1 { return measures.first.map { Resolution($0, number) } }
    guard parts.count == 2, let measure = Resolution.Measure(rawValue: parts[0]) else { return nil }
    return Resolution(measure, number)
  }

  /// The largest resolution of which no picture has more than so many pixels in its tiles, whatever its shape; `nil` where
  /// resolution is fixed.
  public func resolution(maximumPixels: Int) -> Resolution? {
    let edge = Int(Double(max(0, maximumPixels)).squareRoot())
    switch self {
    case .single: return nil
    case .native: return Resolution(.pixels, max(1, maximumPixels))
    case .crops(let tiling):
      let tiles = maximumPixels / max(1, tiling.side * tiling.side)
      return tiling.maximumCrops > 0 ? Resolution(.tiles, tiles < 2 ? 0 : tiles) : nil
    case .nativeTiles(let tiling):
      let tiles = maximumPixels / max(1, tiling.side * tiling.side)
      return tiles >= max(2, tiling.minimumTiles)
        ? Resolution(.tiles, tiles) : Resolution(.pixels, max(1, maximumPixels))
    case .slices(let tiling):
      let tiles = maximumPixels / max(1, tiling.side * tiling.side)
      return tiling.splits && tiles >= 2
        ? Resolution(.tiles, tiles) : Resolution(.pixels, max(1, maximumPixels))
    case .split(let tiling):
      // A picture's edges are rounded up to whole tiles.
      return edge >= tiling.side && tiling.side > 0
        ? Resolution(.longestEdge, edge / tiling.side * tiling.side) : Resolution(.tiles, 0)
    case .canvas(let tiling):
      return Resolution(.tiles, max(tiling.minimumTiles, maximumPixels / max(1, tiling.side * tiling.side)))
    case .anyResolution(let tiling):
      let tiles = maximumPixels / max(1, tiling.tile.side * tiling.tile.side)
      return problem(at: Resolution(.tiles, tiles)) == nil ? Resolution(.tiles, tiles) : Resolution(.tiles, 0)
    }
  }
}
