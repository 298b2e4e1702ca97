import Compute
import Digests
import Imaging
import Output
import Plan
import PlanFile

/// What the features of a picture depend on, as one digest: pictures with the same key have the same features, bit for bit.
struct PictureKey: Hashable, Sendable {
  /// SHA-256 over all of it.
  let digest: [UInt8]

  /// The key of a picture among `count` in a prompt, which some families cut otherwise for it.
  ///
  /// - Parameter plan: digests of the plan. Its contents count whole: sizes, means, and markup are in them, and whatever
  ///   comes to matter will be.
  init(_ picture: EncodedImage, among count: Int, at settings: PictureSettings, plan: String) {
    var lines = [
      "espalier picture \(PictureFile.version)", ProgramVersion.current, KernelChoice.inUse, plan,
      picture.digest, "\(count)",
    ]
    for method in PruningSettings(picture: settings).used {
      lines.append(type(of: method).name)
      lines += method.storedFields.map { "\($0.name) \(Self.words($0.value))" }
    }
    // A line is announced with its length, so that no two lists give the same text.
    var text = SHA256()
    for line in lines { text.update("\(line.utf8.count) \(line)\n") }
    digest = text.finalized()
  }

  /// A key with a digest that is known.
  init(digest: [UInt8]) { self.digest = digest }

  /// The digest as 64 lower-case hexadecimal digits.
  var hexadecimal: String {
    digest.map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }

  /// A value as exact text.
  private static func words(_ value: AttributeValue) -> String {
    switch value {
    case .real(let number): "\(number.bitPattern)"
    case .reals(let numbers): "\(numbers.map(\.bitPattern))"
    default: "\(value)"
    }
  }
}
