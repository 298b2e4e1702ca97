public import Compute
public import Models
public import PlanFormat

/// The parts of a model, bound to a plan's weights, and the threads they run on.
///
/// One prefill path and one decode path serve every model and every operating point. An engine runs one sequence at
/// a time.
public final class Engine {
  /// Shapes and options of the model.
  public let model: ModelDescription
  /// The threads.
  public let workers: Workers
  let decoder: Decoder
  let workspace: DecoderWorkspace
  private let tower: ClipTower
  private let projector: Projector

  /// Binds a model's tensors; nothing is copied.
  public init(_ model: ModelDescription, weights: some ModelWeights, threads: Int) throws(ModelError) {
    self.model = model
    workers = Workers(count: max(1, threads))
    tower = try ClipTower(model.vision, weights: weights)
    projector = try Projector(model, weights: weights)
    decoder = try Decoder(model.text, weights: weights)
    workspace = decoder.makeWorkspace()
  }

  /// Visual tokens of one prepared image: `[tokensPerImage x width]`.
  ///
  /// `pixels` is the cropped picture, `[imageSize x imageSize x 3]` bytes.
  public func encodeImage(pixels: [UInt8]) -> Matrix {
    projector.project(tower.encode(pixels: pixels, workers), workers)
  }

  /// Embeds a prompt: tokens by table, each image by its visual tokens, positions counted from 0.
  ///
  /// Token ids must be below the vocabulary; `images` has one matrix for each image of the prompt.
  public func embed(_ prompt: PromptLayout, images: [Matrix]) throws(InferenceError) -> PromptRows {
    let total = prompt.count(visualTokens: images.map(\.rows))
    guard prompt.imageCount == images.count else {
      throw InferenceError("prompt", "has \(prompt.imageCount) image places for \(images.count) images")
    }
    guard total > 0 else { throw InferenceError("prompt", "is empty") }
    guard total <= model.text.contextLength else {
      throw InferenceError(
        "prompt", "has \(total) tokens; the model was trained for \(model.text.contextLength)")
    }
    let hidden = Matrix(rows: total, columns: model.text.width)
    var visualIndices: [Int32] = []
    var grids: [ImageGrid] = []
    var visual = 0
    for part in prompt.parts {
      switch part {
      case .token(let token):
        guard token >= 0, Int(token) < model.text.vocabulary else {
          throw InferenceError("prompt", "token \(token) is not in the vocabulary")
        }
        decoder.embed(token, into: hidden, row: visualIndices.count)
        visualIndices.append(-1)
      case .image(let index):
        let features = images[index]
        guard features.columns == model.text.width else {
          throw InferenceError("image \(index)", "has features of width \(features.columns)")
        }
        let first = visualIndices.count
        hidden[rows: first..<first + features.rows].copy(from: features)
        visualIndices += (visual..<visual + features.rows).map(Int32.init)
        // A class token that was kept comes before the grid's tokens.
        let extra = model.vision.tokensPerImage - model.vision.grid * model.vision.grid
        grids.append(
          ImageGrid(firstVisual: visual + extra, rows: model.vision.grid, columns: model.vision.grid))
        visual += features.rows
      }
    }
    return PromptRows(
      rows: TokenRows(
        hidden: hidden, positions: (0..<total).map(Int32.init), visualIndices: visualIndices),
      images: grids)
  }

  /// The same prompt with answer tokens behind it: what a layer-by-layer comparison with a known answer runs on.
  public func append(_ answer: [Int32], to prompt: PromptRows) -> PromptRows {
    let before = prompt.rows.count
    let hidden = Matrix(rows: before + answer.count, columns: model.text.width)
    hidden[rows: 0..<before].copy(from: prompt.rows.hidden)
    for (index, token) in answer.enumerated() { decoder.embed(token, into: hidden, row: before + index) }
    let rows = TokenRows(
      hidden: hidden, positions: (0..<before + answer.count).map(Int32.init),
      visualIndices: prompt.rows.visualIndices + Array(repeating: -1, count: answer.count))
    return PromptRows(rows: rows, images: prompt.images)
  }
}

/// The order of tokens and images in a prompt.
public struct PromptLayout: Equatable, Sendable {
  /// Tokens and images, in order.
  public var parts: [Part]

  /// Creates a layout.
  public init(parts: [Part]) { self.parts = parts }

  /// One part of a prompt.
  public enum Part: Equatable, Sendable {
    /// A text token.
    case token(Int32)
    /// All visual tokens of the image with this index.
    case image(Int)
  }

  /// Images in the prompt.
  public var imageCount: Int {
    parts.count { if case .image = $0 { true } else { false } }
  }

  /// Tokens in the prompt when the images have these counts of visual tokens.
  public func count(visualTokens: [Int]) -> Int { parts.count - imageCount + visualTokens.reduce(0, +) }
}

/// An embedded prompt, ready for its first layer.
public struct PromptRows: Sendable {
  /// Embedded tokens.
  public var rows: TokenRows
  /// Grid of each image.
  public var images: [ImageGrid]

  /// Rows with the grids of their images.
  public init(rows: TokenRows, images: [ImageGrid]) {
    self.rows = rows
    self.images = images
  }

  /// The same prompt with a residual stream of its own, as a run changes it in place.
  public func copy() -> PromptRows { PromptRows(rows: rows.copy(), images: images) }
}
