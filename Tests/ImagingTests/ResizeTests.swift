import Plan
import Testing
import TestSupport

@testable import Imaging

@Suite("Resizing", .endsWithin(minutes: 1))
struct ResizeTests {
  @Test("gives Pillow's bytes for every filter and size")
  func equalsPillow() throws {
    for expected in try Golden.load().resizes {
      let filter = try #require(ResamplingFilter(rawValue: expected.filter))
      let image = try ImageDecoder.decode(contentsOf: Golden.input(expected.file))
      let resized = try image.resized(toWidth: expected.width, height: expected.height, filter: filter)
      #expect(fnv(resized.pixels) == expected.hash, "\(expected)")
    }
  }

  @Test("to the same size changes nothing", arguments: ResamplingFilter.allCases)
  func sameSize(_ filter: ResamplingFilter) throws {
    let image = RGBImage.gradient(9, 5)
    #expect(try image.resized(toWidth: 9, height: 5, filter: filter) == image)
  }

  @Test("in parts gives the same bytes as at once", arguments: ResamplingFilter.allCases)
  func inParts(_ filter: ResamplingFilter) throws {
    let image = RGBImage.formula(5, 90)
    let whole = try image.resized(toWidth: 60, height: 20, filter: filter)
    let parts = image.resized(
      toWidth: 60, height: 20, columns: 0..<60, rows: 0..<20, as: Resampling(filter), mostBetween: 700)
    #expect(parts == whole)
  }

  @Test("keeps a plain colour plain", arguments: ResamplingFilter.allCases)
  func plainColour(_ filter: ResamplingFilter) throws {
    let image = RGBImage(width: 7, height: 6, pixels: (0..<42).flatMap { _ in [200, 13, 255] as [UInt8] })
    let resized = try image.resized(toWidth: 19, height: 3, filter: filter)
    #expect(resized.pixels == (0..<57).flatMap { _ in [200, 13, 255] as [UInt8] })
  }

  @Test("by the shortest edge rounds the other one down")
  func shortestEdge() throws {
    let wide = try RGBImage.gradient(10, 3).resizedShortestEdge(4)
    #expect(wide.width == 13 && wide.height == 4)
    let tall = try RGBImage.gradient(3, 10).resizedShortestEdge(4)
    #expect(tall.width == 4 && tall.height == 13)
  }

  @Test("to impossible sizes is refused")
  func impossible() {
    let image = RGBImage.gradient(2, 2)
    let sizes = [(0, 1), (1, -1), (1 << 40, 1 << 40), (Int.max, 2), (65_000, 65_000)]
    for (width, height) in sizes {
      #expect(throws: ImageError.invalidSize(width: width, height: height)) {
        try image.resized(toWidth: width, height: height)
      }
    }
    #expect(throws: ImageError.self) { try RGBImage.gradient(1, 60_000).resizedShortestEdge(8192) }
    #expect(throws: ImageError.self) { try image.resizedShortestEdge(Int.max) }
  }
}
