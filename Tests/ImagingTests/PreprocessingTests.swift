import Plan
import Testing
import TestSupport

@testable import Imaging

@Suite("CLIP preprocessing", .endsWithin(minutes: 1))
struct PreprocessingTests {
  @Test("gives the picture and the values of transformers' CLIPImageProcessor")
  func equalsTransformers() throws {
    let golden = try Golden.load()
    for expected in golden.preparations {
      let image = try ImageDecoder.decode(contentsOf: Golden.input(expected.file))
      var preprocessing = clip(edge: expected.shortestEdge, crop: expected.cropSize)
      preprocessing.mean = golden.mean
      preprocessing.deviation = golden.deviation
      let preprocessor = try ImagePreprocessor(preprocessing)
      let prepared = try #require(try preprocessor.prepare(image).overview)
      #expect(prepared.width == expected.cropSize && prepared.height == expected.cropSize)
      #expect(fnv(prepared.pixels) == expected.hash, "\(expected)")

      let values = preprocessor.normalized(prepared)
      for sample in expected.samples {
        #expect(abs(Double(values[Int(sample[0])]) - sample[1]) < 1e-5, "\(expected)")
      }
      // Not only close: the same bits.
      let bytes = values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
      #expect(fnv(bytes) == expected.valuesHash, "\(expected)")
    }
  }

  @Test("is a resize followed by a crop", arguments: [(40, 30), (30, 40), (31, 30), (30, 33), (7, 21)])
  func inTwoSteps(edge: Int, crop: Int) throws {
    let image = RGBImage.gradient(53, 37)
    for filter in ResamplingFilter.allCases {
      let expected = try image.resizedShortestEdge(edge, filter: filter).centerCropped(to: crop)
      var preprocessing = clip(edge: edge, crop: crop)
      preprocessing.filter = filter
      #expect(try ImagePreprocessor(preprocessing).prepare(image).overview == expected)
    }
  }

  @Test("crops the centre, an odd remainder right and below")
  func oddCrop() throws {
    let cropped = try RGBImage.gradient(6, 4).centerCropped(to: 3)
    #expect(Array(cropped.pixels.prefix(3)) == [1, 0, 1])
  }

  @Test("sets a picture that is too small on black, the wider border left and above")
  func smallCrop() throws {
    let white = RGBImage(width: 1, height: 1, pixels: [255, 255, 255])
    let framed = try white.centerCropped(to: 4)
    #expect(framed.pixels.firstIndex(of: 255) == (2 * 4 + 2) * 3)
    #expect(framed.pixels.filter { $0 == 255 }.count == 3)
  }

  @Test("needs little memory for a thin picture, whose resize alone would be gigabytes")
  func thinPicture() throws {
    let image = RGBImage.gradient(1, 60_000)
    let prepared = try ImagePreprocessor(clip(edge: 336, crop: 336)).prepare(image)
    #expect(prepared.overview?.width == 336)
  }

  @Test("pads to a square in strips as at once", arguments: [(90, 21), (21, 90), (90, 1), (89, 88)])
  func squareInStrips(width: Int, height: Int) throws {
    for filter in ResamplingFilter.allCases {
      var preprocessing = settings(.single(tile { $0.padsToSquare = true }), mean: [0.2, 0.9, 0.5])
      preprocessing.filter = filter
      let style = try TileStyle(preprocessing)
      let image = RGBImage.formula(width, height)
      #expect(
        try image.squared(to: 28, style, mostAtOnce: 5000) == image.squared(to: 28, style), "\(filter)")
    }
  }

  private func clip(edge: Int, crop: Int) -> ImagePreprocessing {
    settings(.single(tile { ($0.shortestEdge, $0.side) = (edge, crop) }))
  }
}
