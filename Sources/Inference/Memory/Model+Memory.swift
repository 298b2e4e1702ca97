import Figures
public import Imaging
import Models
public import Plan

extension Model {
  /// The bound of a request at an operating point, or nothing pruned.
  public func memoryBound(of request: MemoryRequest, settings: PruningSettings) -> MemoryBound {
    MemoryBound(
      of: request, to: contents, holding: heldMemory, settings: settings,
      cacheElement: cachePrecision.elementSize)
  }

  /// What a question with pictures of some sizes asks for; `textTokens` are those of the prompt without its pictures.
  public func memoryRequest(
    pictures: [(size: ImageSize, encodedBytes: Int)], textTokens: Int, maxTokens: Int, threads: Int,
    keepsWhole: Bool = false, at settings: PictureSettings = .dense
  ) throws(ImageError) -> MemoryRequest {
    var request = MemoryRequest(
      pictures: [], promptTokens: textTokens, answerTokens: 0, threads: threads, keepsWhole: keepsWhole)
    let preprocessor = try preprocessor.limited(to: settings.resolution)
    for picture in pictures {
      let inputs = try preprocessor.inputSizes(of: picture.size, among: pictures.count)
      let tokens = inputs.map { visualTokens(of: $0) }
      // A separator behind each row of a canvas; a token of the text around tiles has a byte at least.
      let separators = description.projector.newline ? inputs.count * (description.vision.grid + 1) : 0
      let unit = description.vision.patchSize * description.patchesPerToken
      let rows = inputs.reduce(0) { $0 + $1.height / unit }
      let between = contents.image.markup.betweenRows.utf8.count * rows
      let markup = contents.image.markup.byteCount * (inputs.count + 1)
      let visual = tokens.reduce(0, +)
      request.pictures.append(
        MemoryRequest.Picture(
          encodedBytes: picture.encodedBytes, sourcePixels: picture.size.pixels,
          inputPixels: inputs.map(\.pixels), gridTokens: tokens, visualTokens: visual))
      request.promptTokens += visual + separators + between + markup
    }
    // Longer prompts are refused, and answers end with the context.
    request.promptTokens = min(request.promptTokens, text.contextLength)
    request.answerTokens = max(0, min(maxTokens, text.contextLength - request.promptTokens))
    return request
  }

  private func visualTokens(of input: ImageSize) -> Int {
    if description.vision.imageSize > 0 { return description.tokensPerTile }
    let unit = description.vision.patchSize * description.patchesPerToken
    return input.width / unit * (input.height / unit)
  }
}

extension MemoryBound {
  /// Throws when more may be needed than there is to be.
  package func check(limit: Int) throws(InferenceError) {
    guard total > limit else { return }
    let largest = parts.sorted { $0.bytes > $1.bytes }.prefix(3).map { part in
      "\(part.name) \(Figure(Double(part.bytes), .bytes))"
    }
    throw InferenceError(
      "request",
      "may need \(Figure(Double(total), .bytes)) of memory, more than the limit of "
        + "\(Figure(Double(limit), .bytes)) (\(largest.joined(separator: ", ")))")
  }
}
