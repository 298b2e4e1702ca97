import Digests
import Foundation
import Plan

extension SampleSet {
  /// SHA-256 over the samples and the bytes of each one's pictures, hexadecimal.
  public func digest() throws(SampleSetError) -> String {
    let pictures = Dictionary(try digestsByPicture().map { ($0.path, $0.digest) }) { first, _ in first }
    var hash = SHA256()
    for sample in samples {
      let fields = [sample.id, sample.prompt, sample.answer, sample.task]
      // A length before each field, so that no two sets have the same bytes; one that is missing is not one of no bytes.
      for field in fields + sample.images.map({ pictures[$0] }) {
        hash.update(Array("\(field?.utf8.count ?? -1):\(field ?? "")".utf8))
      }
      hash.update([0x0A])
    }
    return hash.hexadecimal()
  }

  /// SHA-256 of each picture of the set, hexadecimal, in the order of first appearance.
  public func pictureDigests() throws(SampleSetError) -> [String] {
    try digestsByPicture().map(\.digest)
  }

  /// Throws when pictures of this set were used before: figures on what a plan was made from say nothing about what it
  /// does to others. Pictures are told apart by their bytes, whatever their names are.
  ///
  /// - Parameter purpose: what the others were used for, such as "calibration".
  public func checkDisjoint(from digests: [String], usedFor purpose: String) throws(SampleSetError) {
    let used = Set(digests)
    if used.isEmpty { return }
    let pictures = try digestsByPicture()
    let seen = pictures.filter { used.contains($0.digest) }
    guard let first = seen.first else { return }
    throw SampleSetError(
      path, nil,
      "shares \(seen.count) of its \(pictures.count) pictures with the \(purpose) set, such as \(first.path)")
  }

  private func digestsByPicture() throws(SampleSetError) -> [(path: String, digest: String)] {
    var seen: Set<String> = []
    var result: [(path: String, digest: String)] = []
    for sample in samples {
      for image in sample.images where seen.insert(image).inserted {
        guard let data = FileManager.default.contents(atPath: image) else {
          throw SampleSetError(path, nil, "picture \(image) cannot be read")
        }
        var hash = SHA256()
        hash.update(Array(data))
        result.append((image, hash.hexadecimal()))
      }
    }
    return result
  }
}
