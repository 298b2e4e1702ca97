public import Imaging
import Models
public import Plan

extension Model {
  /// Decodes, resizes and cuts a picture into the tower's inputs; `count` is the number of pictures in the prompt.
  ///
  /// With `detail` below 1 the picture is first reduced to that share of the pixels the tower would see.
  public func prepare(
    _ image: EncodedImage, among count: Int = 1, at settings: PictureSettings = .dense, detail: Double = 1
  ) throws -> PreparedImage {
    let picture = try image.decoded()
    do {
      let seen = detail < 1 ? try preprocessor.reduced(picture, to: detail, among: count) : picture
      return try preprocessor.prepare(seen, among: count, at: settings, groupSide: groupSide)
    } catch {
      // What is wrong with a size does not know the file.
      throw InferenceError(image.name, "\(error)")
    }
  }

  /// Pixels along each side of what the projector makes one token of.
  public var groupSide: Int { contents.model.vision.patchSize * contents.model.patchesPerToken }

  /// The same for a picture in a file.
  public func prepareImage(
    at path: String, among count: Int = 1, at settings: PictureSettings = .dense, detail: Double = 1
  ) throws -> PreparedImage {
    try prepare(EncodedImage(contentsOf: path), among: count, at: settings, detail: detail)
  }

  /// The normalised pixels of a picture's inputs in the order in which its family's tower takes them, channels first,
  /// and their shape: `[inputs x 3 x side x side]`, or patches for a tower that takes any size.
  public func pixelValues(_ picture: PreparedImage) -> (values: [Float], shape: [Int]) {
    let overview = [picture.overview].compactMap { $0 }
    if case .native(let native) = contents.image.tiling {
      switch native.rule {
      case .nearest: return patchValues(overview)
      case .filling: return rasterValues(overview)
      case .longestEdge:
        // Pictures of several sizes have no rows in common.
        let values = overview.flatMap { preprocessor.normalized($0) }
        return (values, [values.count])
      }
    }
    if case .nativeTiles = contents.image.tiling { return rasterValues(picture.tiles + overview) }
    let inputs =
      switch contents.image.arrangement {
      case .tilesThenOverview: picture.tiles + overview
      case .overviewThenCanvas, .overviewThenTiles: overview + picture.tiles
      }
    if case .slices = contents.image.tiling { return rasterValues(inputs) }
    let side = contents.model.vision.imageSize
    return (inputs.flatMap { preprocessor.normalized($0) }, [inputs.count, 3, side, side])
  }

  /// Patches, block after merged block: a row has channel, frame (the picture twice), row, column.
  private func patchValues(_ pictures: [RGBImage]) -> (values: [Float], shape: [Int]) {
    let side = contents.model.vision.patchSize
    let merge = contents.model.projector.merge
    var values: [Float] = []
    var count = 0
    for picture in pictures {
      let planes = preprocessor.normalized(picture)
      let (rows, columns) = (picture.height / side, picture.width / side)
      count += rows * columns
      for block in 0..<(rows / merge) * (columns / merge) {
        let (blockRow, blockColumn) = block.quotientAndRemainder(dividingBy: columns / merge)
        for place in 0..<merge * merge {
          let top = (blockRow * merge + place / merge) * side
          let left = (blockColumn * merge + place % merge) * side
          for channel in 0..<3 {
            let patch = (0..<side).flatMap { y in
              let start = (channel * picture.height + top + y) * picture.width + left
              return planes[start..<start + side]
            }
            values += patch + patch
          }
        }
      }
    }
    return (values, [count, 6 * side * side])
  }

  /// Patches of one input after the other, each input's in raster order: a row has row, column, channel.
  private func rasterValues(_ inputs: [RGBImage]) -> (values: [Float], shape: [Int]) {
    let side = contents.model.vision.patchSize
    var values: [Float] = []
    for input in inputs {
      let planes = preprocessor.normalized(input)
      for top in stride(from: 0, to: input.height, by: side) {
        for left in stride(from: 0, to: input.width, by: side) {
          for y in top..<top + side {
            for x in left..<left + side {
              for channel in 0..<3 { values.append(planes[(channel * input.height + y) * input.width + x]) }
            }
          }
        }
      }
    }
    return (values, [values.count / (3 * side * side), 3 * side * side])
  }

  /// Ids as a reader of the sequence sees them: a visual token or separator is the image token.
  public func inputIDs(_ layout: PromptLayout, images: [ImageTokens]) -> [Int32] {
    let imageToken = Int32(contents.model.text.imageToken)
    return layout.parts.flatMap { part in
      switch part {
      case .token(let token): return [token]
      case .image(let index): return images[index].arrangement.ids(imageToken: imageToken)
      }
    }
  }
}

extension ImageArrangement.Block {
  fileprivate func ids(imageToken: Int32) -> [Int32] {
    guard !betweenRows.isEmpty else {
      return Array(repeating: imageToken, count: count + separatorCount)
    }
    var tokensOfRow = Array(repeating: columns, count: rows)
    if let places {
      tokensOfRow = Array(repeating: 0, count: rows)
      for place in places { tokensOfRow[place / columns] += 1 }
    }
    let grid = tokensOfRow.map { Array(repeating: imageToken, count: $0) }.joined(separator: betweenRows)
    return Array(repeating: imageToken, count: leading) + grid
  }
}

extension ImageArrangement {
  fileprivate func ids(imageToken: Int32) -> [Int32] {
    elements.flatMap { element in
      switch element {
      case .tokens(let tokens): return tokens
      case .newline: return [imageToken]
      case .gap: return []
      case .block(let index): return blocks[index].ids(imageToken: imageToken)
      }
    }
  }
}
