/// How a stored picture is turned to stand upright: the values of the Exif orientation tag.
enum ImageOrientation: UInt16 {
  case upright = 1
  case flippedLeftRight = 2
  case rotatedHalf = 3
  case flippedTopBottom = 4
  case transposed = 5
  case rotatedQuarter = 6
  case transversed = 7
  case rotatedThreeQuarters = 8

  /// Whether rows of the stored picture are columns of the upright one.
  var swapsSides: Bool { rawValue >= 5 }
}

extension RGBImage {
  /// The picture turned from how it is stored to how it is meant to be seen.
  func upright(from orientation: ImageOrientation) -> RGBImage {
    if orientation == .upright { return self }
    let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
    var turned = RGBImage(width: newWidth, height: newHeight)
    let lastColumn = width - 1
    let lastRow = height - 1
    var target = 0
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (column, row) =
          switch orientation {
          case .upright: (x, y)
          case .flippedLeftRight: (lastColumn - x, y)
          case .rotatedHalf: (lastColumn - x, lastRow - y)
          case .flippedTopBottom: (x, lastRow - y)
          case .transposed: (y, x)
          case .rotatedQuarter: (y, lastRow - x)
          case .transversed: (lastColumn - y, lastRow - x)
          case .rotatedThreeQuarters: (lastColumn - y, x)
          }
        let source = (row * width + column) * 3
        turned.pixels[target] = pixels[source]
        turned.pixels[target + 1] = pixels[source + 1]
        turned.pixels[target + 2] = pixels[source + 2]
        target += 3
      }
    }
    return turned
  }
}
