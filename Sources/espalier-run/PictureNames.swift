import Glibc
import Imaging
import Inference

/// What the command line calls pictures.
enum PictureNames {
  /// The name of standard input.
  static let standardInput = "-"

  /// Pictures that can be read for every question: what has its bytes once, standard input and pipes, is read now.
  static func sources(_ names: [String], within limits: DecodeLimits) throws(ImageError) -> [ImageSource] {
    var sources: [ImageSource] = []
    for name in names {
      if name == standardInput {
        let bytes = try FileBytes.drain(STDIN_FILENO, named: "standard input", limit: limits.maxEncodedBytes)
        sources.append(.bytes(bytes, name: "standard input"))
      } else if FileBytes.isPipe(name) {
        sources.append(.bytes(try FileBytes.drain(name, limit: limits.maxEncodedBytes), name: name))
      } else {
        sources.append(.file(name))
      }
    }
    return sources
  }
}
