public import Compute
public import Imaging
import Models
public import PlanFormat
public import Tokenization

/// A plan ready to answer: tokenizer, image preparation and engine, all from one file.
///
/// The runtime, calibration and evaluation all go through a session, so what is measured is what ships.
public final class Session {
  /// The plan's contents.
  public let contents: PlanContents
  /// The engine over the plan's mapped weights.
  public let engine: Engine
  /// The plan's tokenizer.
  public let tokenizer: Tokenizer
  /// The plan's image preparation.
  public let preprocessor: ImagePreprocessor

  /// Prepares a plan for `threads` threads. Weights stay mapped; nothing is copied.
  public convenience init(_ plan: Plan, threads: Int) throws {
    try self.init(plan.contents, weights: plan.weights, threads: threads)
  }

  /// Prepares contents that differ from those of the plan that holds the weights: a new calibration.
  public init(_ contents: PlanContents, weights: WeightStore, threads: Int) throws {
    self.contents = contents
    tokenizer = try Tokenizer(contents.tokenizer)
    preprocessor = try ImagePreprocessor(
      shortestEdge: contents.image.shortestEdge, cropSize: contents.image.cropSize)
    engine = try Engine(contents.model, weights: PlanWeights(weights), threads: threads)
  }

  /// The schedule of an operating point.
  public func schedule(_ settings: PruningSettings) throws(InferenceError) -> Schedule {
    try Schedule(settings, layers: contents.model.text.layers, profile: contents.calibration?.plphp)
  }

  /// Decodes, resizes and crops a picture: the tower's input bytes, `[side x side x 3]`.
  public func prepareImage(at path: String) throws(ImageError) -> RGBImage {
    preprocessor.prepare(try ImageDecoder.decode(contentsOf: path))
  }

  /// The normalised pixels of a prepared picture, `[3 x side x side]`: what the folded patch embedding works on.
  public func pixelValues(_ image: RGBImage) -> [Float] {
    preprocessor.normalized(
      image, mean: contents.image.mean, deviation: contents.image.deviation, rescale: contents.image.rescale)
  }

  /// Visual tokens of a prepared picture, `[N x width]`.
  public func encode(_ image: RGBImage) -> Matrix { engine.encodeImage(pixels: image.pixels) }

  /// The prompt with the user's text, and all images where the template has its image.
  public func layout(prompt: String, images: Int) throws -> PromptLayout {
    guard prompt.contains(where: { !$0.isWhitespace }) else { throw InferenceError("prompt", "is empty") }
    var parts: [PromptLayout.Part] = []
    for piece in try tokenizer.encode(contents.prompt, userText: prompt) {
      switch piece {
      case .tokens(let tokens): parts += tokens.map { .token($0) }
      case .image: parts += (0..<images).map { .image($0) }
      }
    }
    return PromptLayout(parts: parts)
  }

  /// Ids as a reader of the sequence sees them: an image is its image token, once a visual token.
  public func inputIDs(_ layout: PromptLayout) -> [Int32] {
    let model = contents.model
    return layout.parts.flatMap { part in
      switch part {
      case .token(let token): [token]
      case .image: Array(repeating: Int32(model.text.imageToken), count: model.vision.tokensPerImage)
      }
    }
  }
}
