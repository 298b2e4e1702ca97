import Foundation
import Imaging
import Plan

/// What transformers' image processors made of pictures, by settings: `Tests/Golden/imaging/tilings.json`.
struct GoldenTilings: Decodable {
  struct Case: Decodable {
    var width: Int
    var height: Int
    /// Pictures in the prompt.
    var count: Int
    var rows: Int?
    var columns: Int?
    /// Width and height of the overview.
    var side: [Int]?
    var overview: String?
    var tiles: String?
    /// Why there is none of the above.
    var error: String?
  }

  var way: String
  var cases: [Case]
  var preprocessing: ImagePreprocessing

  private enum Key: String, CodingKey {
    case way, cases, filter, mean, side, shortestEdge, padsToSquare, overview, resolutions, squaresSeveral
    case minimumTiles, maximumTiles, longestEdge, splits, unit, minimumPixels, maximumPixels
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func number(_ key: Key) throws -> Int { try container.decodeIfPresent(Int.self, forKey: key) ?? 0 }
    func flag(_ key: Key) throws -> Bool { try container.decodeIfPresent(Bool.self, forKey: key) ?? false }
    func list(_ key: Key) throws -> [Int] { try container.decodeIfPresent([Int].self, forKey: key) ?? [] }
    way = try container.decode(String.self, forKey: .way)
    cases = try container.decode([Case].self, forKey: .cases)
    preprocessing = ImagePreprocessing()
    let filter = try container.decodeIfPresent(String.self, forKey: .filter) ?? "bicubic"
    preprocessing.filter = ImagePreprocessing.Filter(rawValue: filter) ?? .bicubic
    preprocessing.mean =
      try container.decodeIfPresent([Double].self, forKey: .mean) ?? [0.48145466, 0.4578275, 0.40821073]
    var tile = TileShape()
    tile.side = try number(.side)
    tile.shortestEdge = try number(.shortestEdge)
    tile.padsToSquare = try flag(.padsToSquare)
    switch way {
    case "single": preprocessing.tiling = .single(tile)
    case "anyResolution":
      var tiling = AnyResolutionTiling()
      tiling.tile = tile
      tiling.overview = try list(.overview)
      tiling.resolutions = try list(.resolutions)
      tiling.squaresSeveral = try flag(.squaresSeveral)
      preprocessing.tiling = .anyResolution(tiling)
    case "canvas":
      var tiling = CanvasTiling()
      tiling.side = tile.side
      tiling.minimumTiles = try number(.minimumTiles)
      tiling.maximumTiles = try number(.maximumTiles)
      preprocessing.tiling = .canvas(tiling)
    case "split":
      var tiling = SplitTiling()
      tiling.side = tile.side
      tiling.longestEdge = try number(.longestEdge)
      tiling.splits = try flag(.splits)
      preprocessing.tiling = .split(tiling)
    default:
      var native = NativeResolution()
      native.unit = try number(.unit)
      native.minimumPixels = try number(.minimumPixels)
      native.maximumPixels = try number(.maximumPixels)
      preprocessing.tiling = .native(native)
    }
  }

  /// The settings of one way of tiling.
  static func load(_ way: String) throws -> [GoldenTilings] {
    let data = try Data(contentsOf: Golden.folder.appending(path: "tilings.json"))
    return try JSONDecoder().decode([GoldenTilings].self, from: data).filter { $0.way == way }
  }
}

/// CRC-32 as 8 hexadecimal digits.
func crc(_ bytes: some Sequence<UInt8>) -> String {
  let table = (0..<256 as Range<UInt32>).map { byte in
    (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
  }
  var value = UInt32.max
  for byte in bytes {
    let index = Int(UInt8(truncatingIfNeeded: value) ^ byte)
    value = table[index] ^ (value >> 8)
  }
  let digits = String(~value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}

extension RGBImage {
  /// The picture that the golden script makes of the same formula, rough and smooth at once.
  static func formula(_ width: Int, _ height: Int) -> RGBImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let base = x * x * 3 + y * y * 5 + x * y * 7
        for c in 0..<3 { pixels.append(UInt8(truncatingIfNeeded: (base + c * 91) / (4 + c))) }
      }
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}
