public import Imaging
import Inference
import Plan

extension Explanation {
  /// What each panel of the overlay shows, from left to right.
  public var panels: [String] {
    ["what the tower saw"] + stages.map(\.title)
  }

  private var stages: [(title: String, shares: [Double])] {
    point.settings.panels(fate)
  }

  /// The pictures with what each stage left of them: a row a block of tokens, a column a panel.
  public func overlay() throws(ImageError) -> RGBImage {
    var rows: [[RGBImage]] = []
    for block in pictures.flatMap(\.blocks) {
      let whole = try block.view.pixels.enlarged()
      rows.append([whole] + stages.map { whole.dimmed(block.view, to: Array($0.shares[block.tokens])) })
    }
    return RGBImage.sheet(rows)
  }
}

extension RGBImage {
  /// At least this many pixels across and down, by whole multiples.
  private static let smallestSide = 336
  /// White pixels around panels.
  private static let gap = 12
  /// Brightness of a patch that nothing is left of, beside 1.
  private static let darkest = 0.12

  /// A small picture in whole multiples of its size.
  fileprivate func enlarged() throws(ImageError) -> RGBImage {
    let factor = max(1, (Self.smallestSide + min(width, height) - 1) / min(width, height))
    return try resized(toWidth: width * factor, height: height * factor)
  }

  /// Patches of a view's grid as bright as `shares` says, row by row: grey and dark at 0, as they are at 1.
  fileprivate func dimmed(_ view: BlockView, to shares: [Double]) -> RGBImage {
    var bytes = pixels
    for y in 0..<height {
      for x in 0..<width {
        let share = shares[y * view.rows / height * view.columns + x * view.columns / width]
        if share >= 1 { continue }
        let start = (y * width + x) * 3
        let grey = (0..<3).reduce(0.0) { $0 + Double(pixels[start + $1]) } / 3
        for channel in start..<start + 3 {
          let colour = share * Double(pixels[channel]) + (1 - share) * grey
          bytes[channel] = UInt8(colour * (Self.darkest + (1 - Self.darkest) * share))
        }
      }
    }
    return RGBImage(width: width, height: height, pixels: bytes)
  }

  /// Panels in rows on white.
  fileprivate static func sheet(_ rows: [[RGBImage]]) -> RGBImage {
    let width = rows.map { row in row.reduce(gap) { $0 + $1.width + gap } }.max() ?? 1
    let height = rows.reduce(gap) { total, row in total + (row.map(\.height).max() ?? 0) + gap }
    var bytes = [UInt8](repeating: 255, count: width * height * 3)
    var top = gap
    for row in rows {
      var left = gap
      for panel in row {
        for y in 0..<panel.height {
          let source = y * panel.width * 3
          let target = ((top + y) * width + left) * 3
          bytes.replaceSubrange(
            target..<target + panel.width * 3, with: panel.pixels[source..<source + panel.width * 3])
        }
        left += panel.width + gap
      }
      top += (row.map(\.height).max() ?? 0) + gap
    }
    return RGBImage(width: width, height: height, pixels: bytes)
  }
}
