/// What files of other formats are, and how one of them becomes a picture that can be read.
struct ForeignFormat {
  private let begins: ([UInt8]) -> Bool
  private let words: String
  /// A command that converts it.
  private let command: String

  private init(_ words: String, _ command: String, begins: @escaping ([UInt8]) -> Bool) {
    (self.words, self.command, self.begins) = (words, command, begins)
  }

  private init(_ words: String, _ command: String, signature: [UInt8]) {
    self.init(words, command) { $0.starts(with: signature) }
  }

  /// A format of the container that pictures share with films.
  private init(_ words: String, _ command: String, brands: [String]) {
    self.init(words, command) { bytes in
      bytes.dropFirst(4).starts(with: "ftyp".utf8)
        && brands.contains { bytes.dropFirst(8).starts(with: $0.utf8) }
    }
  }

  private static var all: [ForeignFormat] {
    [
      ForeignFormat(
        "a HEIC image", "heif-convert FILE picture.png",
        brands: ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]),
      ForeignFormat("an AVIF image", "avifdec FILE picture.png", brands: ["avif", "avis"]),
      ForeignFormat("a film", "ffmpeg -i FILE -frames:v 1 picture.png") {
        $0.dropFirst(4).starts(with: "ftyp".utf8)
      },
      ForeignFormat("a TIFF image", "convert FILE picture.png", signature: Array("II*\0".utf8)),
      ForeignFormat("a TIFF image", "convert FILE picture.png", signature: Array("MM\0*".utf8)),
      ForeignFormat("a JPEG XL image", "djxl FILE picture.png", signature: [0xFF, 0x0A]),
      ForeignFormat(
        "a JPEG XL image", "djxl FILE picture.png", signature: [0, 0, 0, 0x0C] + Array("JXL ".utf8)),
      ForeignFormat("an SVG drawing", "rsvg-convert -o picture.png FILE", signature: Array("<svg".utf8)),
      ForeignFormat("a PDF document", "pdftoppm -png FILE picture", signature: Array("%PDF".utf8)),
    ]
  }

  /// What bytes look like, in a few words for an error, with a command that converts them where there is one.
  static func description(of bytes: [UInt8]) -> String {
    if let format = all.first(where: { $0.begins(bytes) }) {
      return "\(format.words), which '\(format.command)' converts"
    }
    let start = bytes.prefix(64)
    let isText = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (9...13).contains($0) }
    return isText ? "text" : "unknown data"
  }
}
