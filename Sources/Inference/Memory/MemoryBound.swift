public import Plan
import Models
import PlanFile

/// An upper bound of the memory that a request takes, part by part, in bytes.
///
/// It is computed from sizes before any of the memory is taken, so that a plan or a request that is too large for a box is
/// refused while nothing has happened yet. Pruning only ever takes away from it, but for what choosing itself needs, which
/// is counted.
public struct MemoryBound: Equatable, Sendable {
  /// The program, its libraries, and what the system's allocator keeps.
  public let program = 40 << 20
  /// The weights, which are pages of the plan's file: they come and go, as they can be read again.
  public var weights = 0
  /// Tables of the tokenizer and what else of the plan is held as values.
  public var tables = 0
  /// Encoded, decoded and prepared pictures.
  public var pictures = 0
  /// The tower and the projector at work on one input.
  public var tower = 0
  /// Visual tokens of all pictures, as the projector gives them.
  public var visualTokens = 0
  /// Features of pictures of earlier questions, which are kept for later ones.
  public var knownPictures = 0
  /// The decoder at work on the prompt, the choice of tokens and entries included.
  public var prefill = 0
  /// Keys and values of the prompt and the answer.
  public var cache = 0

  /// The most at any time. The tower has ended when the decoder begins.
  public var total: Int {
    [
      program, weights, tables, visualTokens, knownPictures,
      max(pictures.adding(tower), prefill.adding(cache)),
    ]
    .reduce(0) { $0.adding($1) }
  }

  /// The parts with their names in JSON, in the order in which they are needed. What is kept of earlier questions is named
  /// where there is any.
  public var parts: [(name: String, bytes: Int)] {
    [
      ("program", program), ("weights", weights), ("tables", tables), ("pictures", pictures),
      ("tower", tower),
      ("visual_tokens", visualTokens), ("prefill", prefill), ("cache", cache),
    ] + (knownPictures > 0 ? [("known_pictures", knownPictures)] : [])
  }

  /// The bound of a request to a plan.
  ///
  /// - Parameters:
  ///   - contents: the plan's.
  ///   - held: what the plan takes whatever is asked.
  ///   - settings: those of the operating point.
  ///   - cacheElement: bytes of a number of the KV cache.
  public init(
    of request: MemoryRequest, to contents: PlanContents, holding held: HeldMemory, settings: PruningSettings,
    cacheElement: Int
  ) {
    (weights, tables) = (held.weights, held.tables)
    let inputs = request.pictures.flatMap(\.inputPixels)
    let encoded = request.pictures.sum { Double($0.encodedBytes) }
    let decoded = Double(request.pictures.map(\.sourcePixels).max() ?? 0)
    // Decoded, turned upright, and once more between the two passes of a resize; prepared, and as one canvas before.
    pictures = Int(bounding: encoded + 12 * decoded + 6 * inputs.sum { Double($0) })
    tower = Self.tower(contents.model, settings.picture, inputs)
    let width = Double(contents.model.visualTokenWidth)
    let visual = request.pictures.sum { Double($0.visualTokens) }
    // Tiles are put together to a canvas.
    visualTokens = Int(bounding: 8 * visual * width)
    prefill = Self.prefill(request, contents, settings)
    cache = Self.cache(
      request, contents.model.text, cacheElement, isCounted: settings.picture.contrastSelection != nil)
  }
}

extension MemoryBound {
  private static func tower(
    _ model: ModelDescription, _ settings: PictureSettings, _ inputs: [Int]
  ) -> Int {
    let (vision, projector) = (model.vision, model.projector)
    let counts = inputs.map { Double($0 / (vision.patchSize * vision.patchSize) + 1) }
    // Inputs that are smaller than a batch go through together, however few of their patches are left.
    let longest = counts.max() ?? 0
    let rows = max(longest, min(counts.reduce(0, +), Double(TowerInput.batchRows + inputs.count)))
    let inner = Double((vision.gatedFeedForward ? 2 : 1) * vision.feedForwardWidth)
    let width = Double(vision.width)
    let features = Double(vision.featureWidth + vision.deepLayers.count * vision.width)
    // Floats a row: patches, the stream, the workspace of a layer, features twice, activations as products take them.
    let widest = max(Double(vision.patchElements), max(3 * width, inner))
    var floats = Double(vision.patchElements) + 9 * width + inner + 2 * features + 2 * widest
    // Attention's keys and values, padded to panels.
    floats += 4 * width
    let merged = Double(projector.merge * projector.merge)
    let hidden = Double(max(projector.hiddenWidth, model.text.width))
    let tokenWidth = Double(model.visualTokenWidth)
    floats += features + (hidden + tokenWidth + 2 * max(features * merged, hidden)) / merged
    if projector.qformer.isThere {
      // Patches with their entries, both as products take them; tokens on their way through a layer.
      let neurons = Double(projector.qformer.feedForwardWidth)
      floats += 5 * width + (8 * width + 3 * max(width, neurons)) / merged
    }
    if vision.merger.layer > 0 {
      // The stream and its attention once more, window after window; windows side by side, and their neurons.
      let area = Double(vision.merger.side * vision.merger.side)
      let neurons = Double(vision.merger.feedForwardWidth)
      floats += 7 * width + (3 * area * width + 3 * neurons + width) / area
    }
    var choice = 0.0
    if let pruning = settings.towerPruning {
      // What tokens are like each other, of those that leave and those that stay; copies at length 1.
      let likeness = pruning.rule == .diverse ? longest * longest : 0
      choice = likeness + longest * longest / 4 + 6 * longest * width
    }
    return Int(bounding: 4 * ((rows + 16) * floats + choice))
  }

  private static func prefill(
    _ request: MemoryRequest, _ contents: PlanContents, _ settings: PruningSettings
  ) -> Int {
    let text = contents.model.text
    let rows = Double(request.promptTokens)
    let (width, inner) = (Double(text.width), Double(text.widestFeedForward))
    let fused = Double(text.mixerColumns)
    let mixed = Double(text.mixedColumns)
    // Floats a row: the stream and what acts keep of it, the workspace, activations as products take them.
    let widest = max(2 * inner, max(fused, width))
    var bytes = 4 * (rows + 16) * (5 * width + fused + mixed + 2 * inner + 2 * widest)
    // What layers have of each token's own, of all of them and once more of one where tokens have left.
    let own = Double(text.layerEmbeddingColumns)
    bytes += 4 * ((rows + 16) * (own + 2 * Double(text.layerEmbeddingWidth)) + own)
    if own > 0 { bytes += 4 * (rows + 16) * (width + 2 * own) }
    let positions = rows + Double(request.answerTokens)
    bytes += positions * (8 * Double(text.rotary.width) + 64)
    // Attention rows that a choice is made by, of all layers; scratch of the threads; logits.
    let watched = settings.cacheRetention == nil ? 2 : text.entryLayers.count
    bytes += 4 * 32 * Double(text.queryHeads) * rows * Double(watched)
    bytes += Double(request.threads) * (4 * positions + 2_097_152)
    bytes += 16 * Double(text.vocabulary)
    if settings.tokenPruning?.rule.comparesPairs ?? false {
      let grid = Double(request.pictures.flatMap(\.gridTokens).max() ?? 0)
      // A likeness of each pair, and once more in double precision or transposed.
      bytes += 16 * grid * grid
    }
    if let reduction = settings.layerReduction, reduction.neurons == .probed {
      // Copies of the chosen neurons and activations of all on the probed rows.
      bytes += 12 * reduction.neuronShare * inner * width * 2 + 8 * rows * reduction.probeShare * inner
    }
    return Int(bounding: bytes)
  }

  private static func cache(_ request: MemoryRequest, _ text: TextModel, _ element: Int, isCounted: Bool)
    -> Int
  {
    // Panels have whole blocks of 16 entries and an even number of elements.
    let entries = Double(request.promptTokens) + Double(request.answerTokens) + 32
    // What is added to scores, where tokens stand for others.
    let offsets = isCounted ? 4 * entries * Double(text.keyValueHeads) : 0
    let layers = text.entryLayers.map { layer in
      let shape = text.attentionShape(of: layer)
      let width = Double(shape.keyValueHeads) * Double((shape.headWidth + 15) / 16 * 16)
      return 2 * entries * width * Double(element) + offsets
    }
    // The state of a layer without entries, and the places that it can come back to.
    let convolution = Double(text.convolutionTaps * text.width * text.convolutionLayers.count)
    let delta = Double(text.delta.taps * text.delta.channels + text.delta.stateElements)
    let state = 4 * 4 * (convolution + delta * Double(text.deltaLayers.count))
    // A layer is copied while entries are freed.
    let copies = request.keepsWhole ? 2 : 1
    // Entries that others read stay until these have run.
    let shared = text.sharedEntryLayers.isEmpty || copies > 1 ? 1.0 : 2
    return Int(
      bounding: layers.reduce(0, +) * Double(copies) + shared * (layers.max() ?? 0) + state * Double(copies))
  }
}

extension Int {
  /// The next integer, or the largest there is.
  init(bounding value: Double) { self = value < 9e18 ? Int(value.rounded(.up)) : .max }

  fileprivate func adding(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

extension Sequence {
  func sum(_ value: (Element) -> Double) -> Double { reduce(0) { $0 + value($1) } }
}
