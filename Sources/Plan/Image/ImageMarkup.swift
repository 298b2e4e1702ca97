/// Text that stands around the visual tokens of a picture, control tokens included.
///
/// A picture in tiles reads: `opening`, then for each tile `beforeTile` and its tokens and `afterTile`, with `afterRow` behind
/// each row of tiles, then `beforeOverview` and the overview's tokens, then `closing`. Where the overview comes first, `afterOverview`
/// stands between it and the tiles. `betweenTiles` is between two tiles of a row, `betweenRows` between two rows of tokens.
public struct ImageMarkup: Equatable, Sendable {
  /// Before everything, as a part of the prompt rather than of the picture; `{picture}` counts pictures from 0.
  public var label = ""
  /// Before everything of a picture.
  public var opening = ""
  /// Before the tokens of a picture that is one tile, behind `opening`.
  public var alone = ""
  /// Behind the tokens of a picture that is one tile, before `closing`.
  public var afterAlone = ""
  /// Before each tile; `{row}` and `{column}` count from 1.
  public var beforeTile = ""
  /// Behind each tile.
  public var afterTile = ""
  /// Behind the last tile of each row.
  public var afterRow = ""
  /// Before the overview of a picture in tiles.
  public var beforeOverview = ""
  /// Behind an overview that comes before its tiles.
  public var afterOverview = ""
  /// Between a tile and the next of its row.
  public var betweenTiles = ""
  /// Between a row of visual tokens and the next of its block.
  public var betweenRows = ""
  /// Behind everything.
  public var closing = ""

  /// Bytes of all texts.
  public var byteCount: Int {
    texts.reduce(0) { $0 + $1.utf8.count }
  }

  private var texts: [String] {
    [
      label, opening, alone, afterAlone, beforeTile, afterTile, afterRow, beforeOverview, afterOverview,
      betweenTiles, betweenRows, closing,
    ]
  }

  /// No text at all.
  public init() {}

  /// `beforeTile` of one tile, counted from 0.
  public func beforeTile(row: Int, column: Int) -> String {
    beforeTile.filling(["row": row + 1, "column": column + 1])
  }

  /// `label` of one picture, counted from 0.
  public func label(ofPicture picture: Int) -> String { label.filling(["picture": picture]) }
}

extension String {
  /// The text with numbers in place of their names in braces; other braces stay.
  fileprivate func filling(_ numbers: [String: Int]) -> String {
    var result = ""
    var rest = self[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      result += numbers[name].map { "\($0)" } ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}

extension ImageMarkup {
  package func validate(_ path: String) throws(Flaw) {
    for text in texts {
      guard text.utf8.count <= 1024 else { throw Flaw(path, "has text of more than 1024 bytes around tiles") }
    }
  }
}
