import Imaging
import Plan
import Testing
import TestSupport

@Suite("Tiling", .endsWithin(minutes: 5))
struct TilingTests {
  @Test(
    "gives the tiles of transformers' image processors",
    arguments: ["single", "anyResolution", "canvas", "split", "native"])
  func equalsTransformers(_ way: String) throws {
    for golden in try GoldenTilings.load(way) {
      let preprocessor = try ImagePreprocessor(golden.preprocessing)
      for expected in golden.cases {
        let image = RGBImage.formula(expected.width, expected.height)
        let name: Comment = "\(golden.preprocessing.tiling) \(expected)"
        guard expected.error == nil else {
          #expect(throws: ImageError.self, name) { try preprocessor.prepare(image, among: expected.count) }
          continue
        }
        let prepared = try preprocessor.prepare(image, among: expected.count)
        let overview = try #require(prepared.overview)
        #expect([overview.width, overview.height] == expected.side, name)
        #expect(crc(overview.pixels) == expected.overview, name)
        #expect(prepared.rows == expected.rows && prepared.columns == expected.columns, name)
        #expect(prepared.tiles.count == prepared.rows * prepared.columns, name)
        #expect(crc(prepared.tiles.lazy.flatMap(\.pixels)) == expected.tiles, name)
        #expect(prepared.sourceWidth == image.width && prepared.sourceHeight == image.height, name)
      }
    }
  }

  @Test("of every way takes pictures of one pixel and as long as a file can be", arguments: ways)
  func extremes(_ tiling: ImageTiling) throws {
    let preprocessor = try ImagePreprocessor(settings(tiling))
    for (width, height) in [(1, 1), (1, 65_500), (65_500, 1)] {
      let image = RGBImage.formula(width, height)
      if case .native = tiling, width != height {
        #expect(throws: ImageError.tooElongated(width: width, height: height, limit: 200)) {
          try preprocessor.prepare(image)
        }
      } else {
        let prepared = try preprocessor.prepare(image)
        #expect(prepared.overview?.width == 28 && prepared.overview?.height == 28)
      }
    }
  }

  @Test("names a picture that is too long for its width in one line")
  func tooElongated() {
    let error = ImageError.tooElongated(width: 4000, height: 1, limit: 200)
    #expect("\(error)" == "image of 4000 x 1 pixels has one side over 200 times as long as the other")
  }

  @Test("cuts a picture into no more tiles than the context allows")
  func tileLimit() throws {
    let tiling = ImageTiling.split(split { ($0.side, $0.longestEdge) = (1, 100) })
    let preprocessor = try ImagePreprocessor(settings(tiling))
    let error = #expect(throws: ImageError.self) { try preprocessor.prepare(.formula(100, 100)) }
    #expect(error?.description == "image preparation: side of 1 makes 10000 tiles, more than 4096")
  }

  @Test("refuses a result that is larger than a picture may be")
  func sizeLimit() throws {
    let tiling = ImageTiling.canvas(canvas { ($0.side, $0.minimumTiles, $0.maximumTiles) = (8000, 4, 4) })
    let preprocessor = try ImagePreprocessor(settings(tiling))
    #expect(throws: ImageError.invalidSize(width: 16_000, height: 16_000)) {
      try preprocessor.prepare(.formula(9, 9))
    }
    let padding = ImageTiling.single(tile { $0.padsToSquare = true })
    #expect(throws: ImageError.invalidSize(width: 40_000, height: 40_000)) {
      try ImagePreprocessor(settings(padding)).prepare(.formula(40_000, 1))
    }
  }

  /// One of each, with tiles of 28 pixels.
  static let ways: [ImageTiling] = [
    .single(tile { $0.shortestEdge = 30 }),
    .single(tile { _ in }),
    .anyResolution(anyResolution { _ in }),
    .canvas(canvas { _ in }),
    .split(split { _ in }),
    .split(split { $0.splits = false }),
    .native(native { _ in }),
  ]
}
