import Compute
import Models
import Plan

extension Context {
  /// Embeds a prompt: tokens by table, each image by its arranged visual tokens, positions counted from 0.
  ///
  /// Token ids must be below the vocabulary; `images` has an entry for each image of the prompt.
  public func embed(_ prompt: PromptLayout, images: [ImageTokens]) throws(InferenceError) -> PromptRows {
    var embedder = PromptEmbedder(self, rows: try model.checkedCount(of: prompt, images: images))
    for part in prompt.parts {
      switch part {
      case .token(let token): try embedder.add(token)
      case .image(let index): try embedder.add(images[index], named: "image \(index)")
      }
    }
    return embedder.prompt
  }

  /// The same prompt with answer tokens behind it: what a layer-by-layer comparison with a known answer runs on.
  public func append(_ answer: [Int32], to prompt: PromptRows) -> PromptRows {
    let before = prompt.rows.count
    let first = prompt.rows.nextPosition
    let hidden = MatrixView(rows: before + answer.count, columns: model.text.width)
    hidden[rows: 0..<before].copy(from: prompt.rows.hidden)
    for (index, token) in answer.enumerated() {
      model.decoder.embed(token, into: hidden, row: before + index)
    }
    let rows = TokenRows(
      hidden: hidden, positions: prompt.rows.positions + answer.indices.map { RotaryPosition(first + $0) },
      visualIndices: prompt.rows.visualIndices + Array(repeating: -1, count: answer.count))
    return PromptRows(rows: rows, grids: prompt.grids, imageStarts: prompt.imageStarts)
  }
}

/// Fills the rows of a prompt from its first to its last.
private struct PromptEmbedder {
  private let context: Context
  private let hidden: MatrixView
  private var positions: [RotaryPosition] = []
  private var visualIndices: [Int32] = []
  private var grids: [ImageGrid] = []
  private var imageStarts: [Int] = []
  private var visual = 0
  /// Position of the next token.
  private var position = 0

  init(_ context: Context, rows: Int) {
    self.context = context
    hidden = MatrixView(rows: rows, columns: context.model.text.width)
  }

  var prompt: PromptRows {
    PromptRows(
      rows: TokenRows(hidden: hidden, positions: positions, visualIndices: visualIndices), grids: grids,
      imageStarts: imageStarts)
  }

  mutating func add(_ token: Int32) throws(InferenceError) {
    try context.model.check(token)
    context.model.decoder.embed(token, into: hidden, row: positions.count)
    addText()
  }

  mutating func add(_ image: ImageTokens, named name: String) throws(InferenceError) {
    imageStarts.append(visual)
    for element in image.arrangement.elements {
      switch element {
      case .tokens(let tokens): for token in tokens { try add(token) }
      case .newline: addNewline()
      case .block(let index):
        let (block, features) = (image.arrangement.blocks[index], image.features[index])
        guard features.columns == hidden.columns else {
          throw InferenceError(name, "has features of width \(features.columns)")
        }
        guard features.rows == block.count else {
          throw InferenceError(name, "has \(features.rows) features for \(block.count) visual tokens")
        }
        add(block, features)
      }
    }
  }

  private mutating func addText() {
    positions.append(RotaryPosition(position))
    visualIndices.append(-1)
    position += 1
  }

  private mutating func addNewline() {
    if let newline = context.model.projector.newline {
      hidden[rows: positions.count..<positions.count + 1].add(newline)
    }
    addText()
  }

  private mutating func add(_ block: ImageArrangement.Block, _ features: FrozenMatrix) {
    let start = position
    // Models with a position an axis count a picture by its longer side, others by its tokens.
    let hasAxes = !context.model.text.rotary.sections.isEmpty
    for token in 0..<block.count {
      let place = token - block.leading
      features.copy(rows: token..<token + 1, into: hidden[rows: positions.count..<positions.count + 1])
      if hasAxes {
        let (row, column) = max(0, place).quotientAndRemainder(dividingBy: block.columns)
        positions.append(RotaryPosition(temporal: start, row: start + row, column: start + column))
      } else {
        positions.append(RotaryPosition(position))
        position += 1
      }
      visualIndices.append(Int32(visual + token))
      if block.endsRows, place >= 0, place % block.columns == block.columns - 1 { addNewline() }
    }
    if hasAxes { position = start + max(block.rows, block.columns) }
    grids += block.tiles(firstVisual: visual + block.leading)
    visual += block.count
  }
}
