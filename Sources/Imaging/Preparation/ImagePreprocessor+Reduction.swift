extension ImagePreprocessor {
  /// The picture with less detail: `share` of the pixels that `prepare` would give the tower, in the picture's own shape.
  /// A tower that takes any size gets fewer visual tokens for it, for the others `prepare` enlarges it again. A picture
  /// that has no more pixels than that stays as it is.
  public func reduced(_ image: RGBImage, to share: Double, among count: Int = 1) throws(ImageError)
    -> RGBImage
  {
    let prepared = try prepare(image, among: count)
    let parts = prepared.tiles.isEmpty ? [prepared.overview].compactMap { $0 } : prepared.tiles
    let seen = parts.reduce(0.0) { $0 + Double($1.width) * Double($1.height) }
    let factor = (share * seen / (Double(image.width) * Double(image.height))).squareRoot()
    guard factor < 1, factor > 0 else { return image }
    func side(_ length: Int) -> Int { max(1, Int((factor * Double(length)).rounded())) }
    return try image.resized(toWidth: side(image.width), height: side(image.height))
  }
}
