import Foundation
import Plan
import Testing
import TestSupport

@testable import Imaging

/// Pictures, sizes and filters drawn by seed, and a hash of what Pillow or PyTorch makes: Golden/imaging/make_drawn.py.
private struct Drawn: Decodable, CustomTestStringConvertible {
  var width: Int
  var height: Int
  var kind: String
  var to: [Int]
  var filter: String
  var hash: UInt32

  var testDescription: String { "\(kind) \(width) x \(height) to \(to[0]) x \(to[1]), \(filter)" }

  static func all(_ resampler: ImagePreprocessing.Resampler) throws -> [Drawn] {
    let name = resampler == .torch ? "drawn-torch.json" : "drawn.json"
    return try JSONDecoder().decode(
      [Drawn].self, from: Data(contentsOf: Golden.folder.appending(path: name)))
  }

  /// The picture of the script's generator.
  func image(_ seed: Int) -> RGBImage {
    var state = UInt64(seed) * 2 + 1
    let pixels = (0..<width * height * 3).map { _ -> UInt8 in
      state &*= 6_364_136_223_846_793_005
      let value = UInt8(state >> 56)
      return kind == "noise" ? value : value & 1 == 1 ? 255 : 0
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}

@Suite(.endsWithin(minutes: 1)) struct DrawnResizes {
  @Test(arguments: ImagePreprocessing.Resampler.allCases)
  func `give the bytes of the program that they follow`(resampler: ImagePreprocessing.Resampler) throws {
    let all = try Drawn.all(resampler)
    #expect(all.count >= 200)
    for (seed, drawn) in all.enumerated() {
      let filter = try #require(ResamplingFilter(rawValue: drawn.filter))
      let resized = try drawn.image(seed).resized(
        toWidth: drawn.to[0], height: drawn.to[1], as: Resampling(filter, by: resampler))
      let hash = resized.pixels.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
      #expect(hash == drawn.hash, "\(drawn.testDescription)")
    }
  }
}
