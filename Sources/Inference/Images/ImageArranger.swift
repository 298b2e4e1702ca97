import Imaging
import Models
import Plan
import Tokenization

/// Lays out what a prepared picture becomes in the prompt, as its family does.
struct ImageArranger {
  private let contents: PlanContents
  private let tokenizer: Tokenizer
  /// Whether the text around tiles that are left out stays.
  private let keepsMarkup: Bool

  init(_ contents: PlanContents, _ tokenizer: Tokenizer, keepsMarkup: Bool = true) {
    self.contents = contents
    self.tokenizer = tokenizer
    self.keepsMarkup = keepsMarkup
  }

  private var model: ModelDescription { contents.model }
  private var preprocessing: ImagePreprocessing { contents.image }

  /// The order of one picture's tokens; the last block is the overview, except where overviews come first.
  func arrange(_ picture: PreparedImage) throws -> ImageArrangement {
    if preprocessing.arrangement == .overviewThenCanvas, !picture.tiles.isEmpty {
      return try unpadded(picture)
    }
    let markup = preprocessing.markup
    var builder = ArrangementBuilder(tokenizer)
    builder.add(text: markup.opening)
    if preprocessing.arrangement == .overviewThenTiles {
      try addOverview(of: picture, to: &builder)
      if !picture.tiles.isEmpty { builder.add(text: markup.afterOverview) }
      try addTiles(of: picture, to: &builder)
    } else {
      try addTiles(of: picture, to: &builder)
      try addOverview(of: picture, to: &builder)
    }
    builder.add(text: markup.closing)
    return try builder.finished()
  }

  private func addTiles(of picture: PreparedImage, to builder: inout ArrangementBuilder) throws {
    let markup = preprocessing.markup
    let leftOut = Set(picture.leftOutTiles)
    for row in 0..<picture.rows {
      for column in 0..<picture.columns {
        let index = row * picture.columns + column
        let isLeftOut = leftOut.contains(index)
        let stays = keepsMarkup || !isLeftOut
        if column > 0 { try builder.add(text: markup.betweenTiles, stays: stays) }
        try builder.add(text: markup.beforeTile(row: row, column: column), stays: stays)
        let tile = isFixed ? tile : try block(of: picture.tiles[index])
        try builder.add(isLeftOut ? empty(tile) : tile.keeping(picture.tileCounts?[index]))
        try builder.add(text: markup.afterTile, stays: stays)
      }
      let hasTile = (0..<picture.columns).contains { !leftOut.contains(row * picture.columns + $0) }
      let isLast = preprocessing.arrangement == .overviewThenTiles && row + 1 == picture.rows
      try builder.add(text: isLast ? "" : markup.afterRow, stays: keepsMarkup || hasTile)
    }
  }

  private func addOverview(of picture: PreparedImage, to builder: inout ArrangementBuilder) throws {
    guard let overview = picture.overview else { return }
    let markup = preprocessing.markup
    builder.add(text: picture.tiles.isEmpty ? markup.alone : markup.beforeOverview)
    let block = isFixed ? tile : try block(of: overview)
    try builder.add(picture.isOverviewLeftOut ? empty(block) : block.keeping(picture.overviewCounts))
    if model.projector.newline { try builder.addNewline() }
    if picture.tiles.isEmpty { builder.add(text: markup.afterAlone) }
  }

  /// The overview, then the tiles as one canvas without its padding, a separator behind each row.
  private func unpadded(_ picture: PreparedImage) throws -> ImageArrangement {
    var builder = ArrangementBuilder(tokenizer)
    try builder.add(picture.isOverviewLeftOut ? empty(tile) : tile.keeping(picture.overviewCounts))
    let canvas = TileCanvas(picture, contents)
    // A very thin picture can be less than a patch across on its canvas, which is then all padding. The separators of
    // its rows stay.
    if canvas.size.count == 0 {
      if model.projector.newline { for _ in 0..<canvas.size.rows { try builder.addNewline() } }
      return try builder.finished()
    }
    var block = ImageArrangement.Block(rows: canvas.size.rows, columns: canvas.size.columns)
    block.endsRows = model.projector.newline
    block.rowCuts = canvas.rowCuts
    block.columnCuts = canvas.columnCuts
    block.places = canvas.places(counts: picture.tileCounts)
    block.endsEmptyRows = keepsMarkup
    try builder.add(block)
    return try builder.finished()
  }

  /// Whether the tower takes inputs of one size alone.
  private var isFixed: Bool { model.vision.imageSize > 0 }

  /// Visual tokens of one square tile.
  private var tile: ImageArrangement.Block {
    let side = model.vision.grid / model.patchesPerToken
    let count = model.tokensPerTile
    if !model.vision.dropsFirstPatch {
      var block = ImageArrangement.Block(rows: side, columns: side)
      block.leading = count - side * side
      return block
    }
    // Without its first token the first row is no row of a grid any more.
    var block = ImageArrangement.Block(rows: side - 1, columns: side)
    block.leading = side - 1
    return block
  }

  private func block(of picture: RGBImage) throws -> ImageArrangement.Block {
    let unit = model.vision.patchSize * model.patchesPerToken
    var block = ImageArrangement.Block(rows: picture.height / unit, columns: picture.width / unit)
    if !preprocessing.markup.betweenRows.isEmpty {
      var budget = MatchBudget(bytes: 0)
      block.betweenRows = try tokenizer.encode(preprocessing.markup.betweenRows, &budget)
    }
    return block
  }

  /// The block of a tile that is left out.
  private func empty(_ tile: ImageArrangement.Block) -> ImageArrangement.Block {
    // What has no place on a grid leaves its positions, too: it is a row of places without tokens.
    var block = ImageArrangement.Block(rows: 1, columns: tile.leading + tile.rows * tile.columns)
    if tile.leading == 0 { (block.rows, block.columns) = (tile.rows, tile.columns) }
    block.places = []
    return block
  }
}

extension ImageArrangement.Block {
  /// The same with tokens for some of its groups alone.
  fileprivate func keeping(_ counts: [Int]?) -> Self {
    guard let counts, counts.contains(0) else { return self }
    var block = self
    block.places = counts.indices.filter { counts[$0] > 0 }
    return block
  }
}

/// Collects elements; text between two blocks is tokenised as one.
private struct ArrangementBuilder {
  private let tokenizer: Tokenizer
  private var arrangement = ImageArrangement()
  private var text = ""
  private var budget = MatchBudget(bytes: 0)

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  mutating func add(text: String) { self.text += text }

  /// Adds text, or where it left, the positions that it had.
  mutating func add(text: String, stays: Bool) throws {
    if stays { return add(text: text) }
    guard !text.isEmpty else { return }
    try flush()
    arrangement.elements.append(.gap(try tokenizer.encode(text, &budget).count))
  }

  mutating func add(_ block: ImageArrangement.Block) throws {
    try flush()
    arrangement.elements.append(.block(arrangement.blocks.count))
    arrangement.blocks.append(block)
  }

  mutating func addNewline() throws {
    try flush()
    arrangement.elements.append(.newline)
  }

  mutating func finished() throws -> ImageArrangement {
    try flush()
    return arrangement
  }

  private mutating func flush() throws {
    if !text.isEmpty { arrangement.elements.append(.tokens(try tokenizer.encode(text, &budget))) }
    text = ""
  }
}
