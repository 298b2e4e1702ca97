import Digests
import Foundation
import Testing
import TestSupport

@testable import Imaging

/// Groups of patches that repeat their neighbours, against Tests/Golden/pictures/repeats.py.
@Suite(.endsWithin(minutes: 1)) struct RepeatedGroupTests {
  @Test func `the golden groups stay`() throws {
    for picture in try golden() {
      let image = picture.image
      #expect(
        image.pixels.withUnsafeBytes { SHA256.hexadecimal(of: $0) } == picture.sha256, "\(picture.name)")
      for (tolerance, rows) in picture.kept {
        let kept = RepeatedGroups.kept(of: image, side: 28, tolerance: try #require(Int(tolerance)))
        #expect(kept == rows.joined().map { $0 == "#" }, "\(picture.name), \(tolerance)")
      }
    }
  }

  @Test(arguments: [0, 1, 7, 255]) func `a plain picture keeps one group, and nothing repeats at first`(
    tolerance: Int
  ) {
    let plain = RGBImage(width: 84, height: 56, pixels: [UInt8](repeating: 90, count: 84 * 56 * 3))
    #expect(
      RepeatedGroups.kept(of: plain, side: 28, tolerance: tolerance) == [
        true, false, false, false, false, false,
      ])
  }

  @Test func `small steps do not add up`() {
    // Each group is 2 brighter than its left neighbour: within 3 of it, and of no group before that.
    var pixels: [UInt8] = []
    for _ in 0..<4 { for column in 0..<24 { pixels += Array(repeating: UInt8(column / 4 * 2), count: 3) } }
    let steps = RGBImage(width: 24, height: 4, pixels: pixels)
    #expect(RepeatedGroups.kept(of: steps, side: 4, tolerance: 3) == [true, false, true, false, true, false])
  }

  @Test func `one byte of one pixel is enough to stay`() {
    var pixels = [UInt8](repeating: 10, count: 8 * 4 * 3)
    pixels[(3 * 8 + 7) * 3 + 2] = 15
    let image = RGBImage(width: 8, height: 4, pixels: pixels)
    #expect(RepeatedGroups.kept(of: image, side: 4, tolerance: 4) == [true, true])
    #expect(RepeatedGroups.kept(of: image, side: 4, tolerance: 5) == [true, false])
  }

  private func golden() throws -> [Picture] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden/pictures/repeats.json")
    return try JSONDecoder().decode(Pictures.self, from: Data(contentsOf: path)).pictures
  }

  private struct Pictures: Decodable { let pictures: [Picture] }

  /// A picture by the rule that makes it.
  private struct Picture: Decodable {
    let name: String
    let rows: Int
    let columns: Int
    let background: [Int]
    let step: Int
    let noise: Int
    let seed: UInt64
    let rectangles: [Rectangle]
    let sha256: String
    let kept: [String: [String]]

    struct Rectangle: Decodable {
      let frame: [Int]
      let color: [Int]

      init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        frame = try (0..<4).map { _ in try values.decode(Int.self) }
        color = try values.decode([Int].self)
      }
    }

    var image: RGBImage {
      let (width, height) = (columns * 28, rows * 28)
      var values = (0..<height).flatMap { _ in
        (0..<width).flatMap { x in background.map { $0 + x / 28 * step } }
      }
      for rectangle in rectangles {
        let (left, top) = (rectangle.frame[0], rectangle.frame[1])
        for y in top..<min(height, top + rectangle.frame[3]) {
          for x in left..<min(width, left + rectangle.frame[2]) {
            for channel in 0..<3 { values[(y * width + x) * 3 + channel] = rectangle.color[channel] }
          }
        }
      }
      if noise > 0 {
        var state = seed
        for index in values.indices {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          values[index] += Int((state >> 33) % UInt64(2 * noise + 1)) - noise
        }
      }
      return RGBImage(width: width, height: height, pixels: values.map { UInt8(max(0, min(255, $0))) })
    }
  }
}
