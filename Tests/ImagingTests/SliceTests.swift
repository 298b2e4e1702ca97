import Imaging
import Plan
import Testing
import TestSupport

/// Sizes of pictures and slices beside MiniCPM-V's image processor: a square of 448 pixels, nine slices at most.
@Suite(.endsWithin(minutes: 1)) struct SliceTests {
  private static let preprocessing: ImagePreprocessing = {
    var result = ImagePreprocessing()
    var tiling = SliceTiling()
    (tiling.unit, tiling.side) = (56, 448)
    (result.tiling, result.arrangement) = (.slices(tiling), .overviewThenTiles)
    return result
  }()

  /// Width and height of a picture, of its overview, columns and rows of slices, width and height of each.
  @Test(arguments: [
    [100, 100, 448, 448, 0, 0, 0, 0], [448, 448, 448, 448, 0, 0, 0, 0], [449, 448, 448, 448, 2, 1, 336, 616],
    [640, 480, 504, 392, 2, 1, 392, 560], [1920, 1080, 616, 336, 4, 2, 448, 448],
    [300, 2, 5376, 56, 0, 0, 0, 0], [1000, 4000, 224, 896, 1, 8, 616, 336], [9, 7, 504, 392, 0, 0, 0, 0],
    [4032, 3024, 504, 392, 3, 3, 504, 392], [670, 1340, 336, 616, 2, 3, 392, 504],
    [2000, 2001, 448, 448, 3, 3, 448, 448],
  ])
  func `a picture has the slices that are nearest to its own shape`(_ sizes: [Int]) throws {
    let preprocessor = try ImagePreprocessor(Self.preprocessing)
    let inputs = try preprocessor.inputSizes(of: ImageSize(width: sizes[0], height: sizes[1]))
    #expect(inputs[0] == ImageSize(width: sizes[2], height: sizes[3]))
    #expect(inputs.count == 1 + sizes[4] * sizes[5])
    #expect(inputs.dropFirst().allSatisfy { $0 == ImageSize(width: sizes[6], height: sizes[7]) })
  }

  @Test(arguments: [(1, 1), (2, 9000), (9000, 2), (40, 900)])
  func `what is prepared has the sizes that were told`(width: Int, height: Int) throws {
    let preprocessor = try ImagePreprocessor(Self.preprocessing)
    let image = RGBImage(width: width, height: height, pixels: Array(repeating: 7, count: width * height * 3))
    let picture = try preprocessor.prepare(image)
    let inputs = [picture.overview].compactMap { $0?.size } + picture.tiles.map(\.size)
    #expect(inputs == (try preprocessor.inputSizes(of: image.size)))
    #expect(picture.rows * picture.columns == picture.tiles.count)
  }

  @Test func `a picture of one row of pixels is refused where its shape is too long for any picture`() throws
  {
    let preprocessor = try ImagePreprocessor(Self.preprocessing)
    let line = RGBImage(width: 1, height: 65_500, pixels: Array(repeating: 7, count: 3 * 65_500))
    #expect(throws: ImageError.self) { try preprocessor.prepare(line) }
  }

  @Test(arguments: [(0, 448, 9), (56, 0, 9), (56, 448, 0), (56, 448, 1025), (56, .max, 9)])
  func `settings have limits`(unit: Int, side: Int, tiles: Int) {
    var preprocessing = Self.preprocessing
    var tiling = SliceTiling()
    (tiling.unit, tiling.side, tiling.maximumTiles) = (unit, side, tiles)
    preprocessing.tiling = .slices(tiling)
    #expect(throws: ImageError.self) { try ImagePreprocessor(preprocessing) }
  }
}
