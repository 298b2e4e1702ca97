import Foundation
import Imaging

/// What Pillow and transformers made of the files in `Tests/Golden/imaging/inputs`.
struct Golden: Decodable {
  struct Decode: Decodable {
    var file: String
    var width: Int
    var height: Int
    var hash: String
  }
  struct Resize: Decodable {
    var file: String
    var filter: String
    var width: Int
    var height: Int
    var hash: String
  }
  struct Preparation: Decodable {
    var file: String
    var shortestEdge: Int
    var cropSize: Int
    var hash: String
    var valuesHash: String
    /// Pairs of an index into the values and the value there.
    var samples: [[Double]]
  }

  var mean: [Double]
  var deviation: [Double]
  var decodes: [Decode]
  var resizes: [Resize]
  var preparations: [Preparation]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/imaging")

  static func load() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: Data(contentsOf: folder.appending(path: "golden.json")))
  }

  /// What Pillow made of the files in `formats`.
  static func formats() throws -> [Decode] {
    try JSONDecoder().decode([Decode].self, from: Data(contentsOf: folder.appending(path: "formats.json")))
  }

  static func format(_ name: String) -> String { folder.appending(path: "formats/\(name)").path }

  static func input(_ name: String) -> String { folder.appending(path: "inputs/\(name)").path }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: input(name))))
  }
}

/// 64-bit FNV-1a as 16 hexadecimal digits.
func fnv(_ bytes: some Sequence<UInt8>) -> String {
  let value = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  return String(repeating: "0", count: value.leadingZeroBitCount / 4 - (value == 0 ? 1 : 0))
    + String(value, radix: 16)
}

extension RGBImage {
  /// A picture with a different colour everywhere.
  static func gradient(_ width: Int, _ height: Int) -> RGBImage {
    let pixels = (0..<(width * height)).flatMap { i in
      [
        UInt8(truncatingIfNeeded: i % width), UInt8(truncatingIfNeeded: i / width),
        UInt8(truncatingIfNeeded: i),
      ]
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}
