import Imaging
import Plan
import Testing
import TestSupport

@Suite("Settings of the image preparation", .endsWithin(minutes: 1))
struct SettingTests {
  @Test("that no tower has are refused in one line that names them")
  func refused() {
    let cases: [(tiling: ImageTiling, line: String)] = [
      (.single(tile { $0.side = 0 }), "side is 0, expected 1 to 16384"),
      (.single(tile { $0.side = Int.max }), "side is \(Int.max), expected 1 to 16384"),
      (.single(tile { $0.shortestEdge = -1 }), "shortest_edge is -1, expected 0 to 16384"),
      (.anyResolution(anyResolution { $0.tile.side = -28 }), "side is -28, expected 1 to 16384"),
      (.anyResolution(anyResolution { $0.overview = [28] }), "overview has 1 sides, expected 2"),
      (.anyResolution(anyResolution { $0.overview = [28, 0] }), "overview is 0, expected 1 to 16384"),
      (.anyResolution(anyResolution { $0.resolutions = [] }), "resolutions has 0 sides, expected pairs"),
      (.anyResolution(anyResolution { $0.resolutions = [28] }), "resolutions has 1 sides, expected pairs"),
      (
        .anyResolution(anyResolution { $0.resolutions = [28, 57] }),
        "resolutions has 57, which is not a number of tiles of 28"
      ),
      (
        .canvas(canvas { $0.minimumTiles = 0 }), "maximum_tiles is 12 with a minimum of 0, expected 1 to 1024"
      ),
      (
        .canvas(canvas { $0.maximumTiles = 1025 }),
        "maximum_tiles is 1025 with a minimum of 1, expected 1 to 1024"
      ),
      (
        .canvas(canvas { $0.minimumTiles = 13 }),
        "maximum_tiles is 12 with a minimum of 13, expected 1 to 1024"
      ),
      (.split(split { $0.side = 0 }), "side is 0, expected 1 to 16384"),
      (.split(split { $0.longestEdge = 16_385 }), "longest_edge is 16385, expected 0 to 16384"),
      (.native(native { $0.unit = 0 }), "unit is 0, expected 1 to 16384"),
      (.native(native { $0.minimumPixels = 0 }), "minimum_pixels is 0, expected 1 to 268435456"),
      (.native(native { $0.maximumPixels = .min }), "maximum_pixels is \(Int.min), expected 1 to 268435456"),
    ]
    for (tiling, line) in cases {
      let error = #expect(throws: ImageError.self) { try ImagePreprocessor(settings(tiling)) }
      #expect(error?.description == "image preparation: \(line)")
    }
  }

  @Test("need one mean and one deviation a channel")
  func channels() {
    let means = #expect(throws: ImageError.self) {
      try ImagePreprocessor(settings(.single(tile { _ in }), mean: [0]))
    }
    #expect(means?.description == "image preparation: mean has 1 values, expected one for each channel")
    var preprocessing = settings(.single(tile { _ in }))
    preprocessing.deviation = []
    #expect(throws: ImageError.self) { try ImagePreprocessor(preprocessing) }
  }

  @Test("pad with the mean only where it is a colour", arguments: [-0.1, 1.01, .nan, .infinity])
  func background(_ mean: Double) throws {
    let means = [0.5, mean, 0.5]
    _ = try ImagePreprocessor(settings(.single(tile { _ in }), mean: means))
    for tiling in [
      ImageTiling.single(tile { $0.padsToSquare = true }),
      .anyResolution(anyResolution { $0.squaresSeveral = true }),
    ] {
      let error = #expect(throws: ImageError.self) {
        try ImagePreprocessor(settings(tiling, mean: means))
      }
      #expect(error?.description == "image preparation: mean is no colour to pad with")
    }
  }
}
