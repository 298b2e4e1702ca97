import Compute
import Glibc
public import Models
import Plan

extension Context {
  /// Embeds a prompt: tokens by table, each image by its arranged visual tokens, positions counted from 0.
  ///
  /// Token ids must be below the vocabulary; `images` has an entry for each image of the prompt.
  public func embed(_ prompt: PromptLayout, images: [ImageTokens]) throws(InferenceError) -> PromptRows {
    var embedder = PromptEmbedder(
      self, rows: try model.checkedCount(of: prompt, images: images), visual: prompt.visualCount(images))
    for part in prompt.parts {
      switch part {
      case .token(let token): try embedder.add(token)
      case .image(let index): try embedder.add(images[index], named: "image \(index)")
      }
    }
    let question = prompt.parts.reversed().prefix { if case .token = $0 { true } else { false } }.count
    return embedder.prompt(question: question)
  }

  /// The same prompt with answer tokens behind it: what a layer-by-layer comparison with a known answer runs on.
  public func append(_ answer: [Int32], to prompt: PromptRows) -> PromptRows {
    let before = prompt.rows.count
    let first = prompt.rows.nextPosition
    let hidden = MatrixView(rows: before + answer.count, columns: model.text.width)
    hidden[rows: 0..<before].copy(from: prompt.rows.hidden)
    let embeddings = hidden[rows: before..<hidden.rows]
    model.decoder.embed(answer, into: embeddings)
    let rows = TokenRows(
      hidden: hidden, positions: prompt.rows.positions + answer.indices.map { RotaryPosition(first + $0) },
      visualIndices: prompt.rows.visualIndices + Array(repeating: -1, count: answer.count),
      scoreOffsets: prompt.rows.scoreOffsets.isEmpty
        ? [] : prompt.rows.scoreOffsets + Array(repeating: 0, count: answer.count),
      additions: additions(of: prompt, before: answer, embeddings), answerCount: answer.count)
    return PromptRows(rows: rows, grids: prompt.grids, imageStarts: prompt.imageStarts)
  }

  /// What layers add to the rows of a prompt with answer tokens behind it.
  public func additions(of prompt: PromptRows, before answer: [Int32]) -> TokenAdditions {
    guard prompt.rows.additions.layerInputs != nil else { return prompt.rows.additions }
    let embeddings = MatrixView(rows: answer.count, columns: model.text.width)
    model.decoder.embed(answer, into: embeddings)
    return additions(of: prompt, before: answer, embeddings)
  }

  /// The same where the answer's embeddings are at hand, `[answer x width]`.
  private func additions(
    of prompt: PromptRows, before answer: [Int32], _ embeddings: MatrixView
  ) -> TokenAdditions {
    var additions = prompt.rows.additions
    guard let inputs = additions.layerInputs, !answer.isEmpty else { return additions }
    let positions = answer.indices.map { RotaryPosition(prompt.rows.nextPosition + $0) }
    additions.layerInputs = model.decoder.layerInputs(
      of: answer, at: positions, embeddings: embeddings, workers
    ).map(inputs.appending)
    return additions
  }
}

/// Fills the rows of a prompt from its first to its last.
private struct PromptEmbedder {
  private let context: Context
  private let hidden: MatrixView
  /// `[visual tokens x deep layers * width]`, where there are deep layers.
  private let deepFeatures: MatrixView?
  /// Positions of rows that end a row of a picture.
  private var separators: [Int32] = []
  /// In the place of a token, of rows that are none.
  private static let noToken: Int32 = -1
  /// Number of the token of each row.
  private var tokens: [Int32] = []
  private var positions: [RotaryPosition] = []
  private var visualIndices: [Int32] = []
  private var scoreOffsets: [Float] = []
  private var grids: [ImageGrid] = []
  private var imageStarts: [Int] = []
  private var visual = 0
  /// Position of the next token.
  private var position = 0

  init(_ context: Context, rows: Int, visual: Int) {
    self.context = context
    let deepWidth = context.model.description.visualTokenWidth - context.model.text.width
    deepFeatures = deepWidth > 0 ? MatrixView(rows: visual, columns: deepWidth) : nil
    hidden = MatrixView(rows: rows, columns: context.model.text.width)
  }

  /// The prompt, whose last `question` tokens are behind its last picture.
  func prompt(question: Int) -> PromptRows {
    let layerInputs = context.model.decoder.layerInputs(
      of: tokens, at: positions, embeddings: hidden, context.workers)
    return PromptRows(
      rows: TokenRows(
        hidden: hidden, positions: positions, visualIndices: visualIndices,
        scoreOffsets: scoreOffsets.contains { $0 != 0 } ? scoreOffsets : [],
        additions: TokenAdditions(deepFeatures: additions, layerInputs: layerInputs),
        questionCount: question),
      grids: grids,
      imageStarts: imageStarts)
  }

  /// What is added to the rows of pictures further on; `nil` where there are none.
  private var additions: DeepFeatures? {
    guard let deepFeatures, visual > 0 || !separators.isEmpty else { return nil }
    return DeepFeatures(
      features: deepFeatures, layers: context.model.description.deepTargets, separators: separators,
      separator: context.model.projector.newline)
  }

  mutating func add(_ token: Int32) throws(InferenceError) {
    try context.model.check(token)
    context.model.decoder.embed(token, into: hidden, row: positions.count)
    addText(token)
  }

  mutating func add(_ image: ImageTokens, named name: String) throws(InferenceError) {
    imageStarts.append(visual)
    for element in image.arrangement.elements {
      switch element {
      case .tokens(let tokens): for token in tokens { try add(token) }
      case .newline: addNewline()
      case .gap(let count): position += count
      case .block(let index):
        let (block, features) = (image.arrangement.blocks[index], image.features[index])
        guard features.columns == context.model.description.visualTokenWidth else {
          throw InferenceError(name, "has features of width \(features.columns)")
        }
        guard features.rows == block.count else {
          throw InferenceError(name, "has \(features.rows) features for \(block.count) visual tokens")
        }
        try add(block, features)
      }
    }
  }

  private mutating func addText(_ token: Int32) {
    tokens.append(token)
    positions.append(RotaryPosition(position))
    visualIndices.append(-1)
    scoreOffsets.append(0)
    position += 1
  }

  private func scalePicture(row: Int) {
    let scale = context.model.text.pictureScale
    if scale != 1 { hidden[rows: row..<row + 1].scale(by: Float(scale)) }
  }

  private mutating func addNewline() {
    if let newline = context.model.projector.newline {
      hidden[rows: positions.count..<positions.count + 1].add(newline)
      scalePicture(row: positions.count)
      separators.append(Int32(position))
    }
    addText(Self.noToken)
  }

  private mutating func add(
    _ block: ImageArrangement.Block, _ features: FrozenMatrix
  ) throws(InferenceError) {
    let start = position
    // Models with a position an axis count a picture by its longer side, others by its tokens.
    let hasAxes = !context.model.text.rotary.sections.isEmpty
    var token = 0
    func addToken(_ place: Int) {
      let width = hidden.columns
      features.copy(
        rows: token..<token + 1, columns: 0..<width, into: hidden[rows: positions.count..<positions.count + 1]
      )
      scalePicture(row: positions.count)
      if let deepFeatures {
        features.copy(
          rows: token..<token + 1, columns: width..<features.columns,
          into: deepFeatures[rows: visual + token..<visual + token + 1])
      }
      let (row, column) = place.quotientAndRemainder(dividingBy: block.columns)
      positions.append(
        hasAxes
          ? RotaryPosition(temporal: start, row: start + row, column: start + column)
          : RotaryPosition(position))
      tokens.append(Self.noToken)
      visualIndices.append(Int32(visual + token))
      let count = token < block.leading ? 1 : block.counts?[token - block.leading] ?? 1
      scoreOffsets.append(logf(Float(count)))
      token += 1
    }
    // A place without a token keeps its position: those behind it are where they are in the whole prompt.
    func advance() { if !hasAxes { position += 1 } }
    for _ in 0..<block.leading {
      addToken(0)
      advance()
    }
    for row in 0..<block.rows {
      let first = token
      for place in row * block.columns..<(row + 1) * block.columns {
        if block.places.map({ token < block.count && $0[token - block.leading] == place }) ?? true {
          addToken(place)
        }
        advance()
      }
      if row + 1 < block.rows { for token in block.betweenRows { try add(token) } }
      guard block.endsRows else { continue }
      if token > first || block.endsEmptyRows { addNewline() } else { position += 1 }
    }
    if hasAxes { position = start + max(block.rows, block.columns) }
    grids += block.tiles(firstVisual: visual + block.leading)
    visual += block.count
  }
}
