import Imaging
import Testing

@Suite("CLIP preprocessing")
struct PreprocessingTests {
  @Test("gives the picture and the values of transformers' CLIPImageProcessor")
  func equalsTransformers() throws {
    let golden = try Golden.load()
    for expected in golden.preparations {
      let image = try ImageDecoder.decode(contentsOf: Golden.input(expected.file))
      let preprocessor = try ImagePreprocessor(
        shortestEdge: expected.shortestEdge, cropSize: expected.cropSize)
      let prepared = preprocessor.prepare(image)
      #expect(prepared.width == expected.cropSize && prepared.height == expected.cropSize)
      #expect(fnv(prepared.pixels) == expected.hash, "\(expected)")

      let values = preprocessor.normalized(prepared, mean: golden.mean, deviation: golden.deviation)
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
    let expected = try image.resizedShortestEdge(edge).centerCropped(to: crop)
    #expect(try ImagePreprocessor(shortestEdge: edge, cropSize: crop).prepare(image) == expected)
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
    let prepared = try ImagePreprocessor(shortestEdge: 336, cropSize: 336).prepare(image)
    #expect(prepared.width == 336)
  }

  @Test("refuses sizes that no tower has", arguments: [(0, 1), (1, 0), (-1, 1), (8193, 1), (1, Int.max)])
  func refusedSizes(edge: Int, crop: Int) {
    #expect(throws: ImageError.self) { try ImagePreprocessor(shortestEdge: edge, cropSize: crop) }
  }
}
