import Foundation
import Tokenization

/// JSON Lines.
extension SampleSet {
  static func lines(_ text: String, _ path: String) throws(SampleSetError) -> [Sample] {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    var samples: [Sample] = []
    // By bytes: as a character, the end of a line on Windows is not a line feed.
    for (index, bytes) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let line = Substring(bytes)
      if line.allSatisfy(\.isWhitespace) { continue }
      samples.append(try sample(line, number: index + 1, path, folder))
    }
    return samples
  }

  /// Path of a picture that is there.
  static func picture(
    _ name: String, in folder: URL, _ error: (String) -> SampleSetError
  ) throws(SampleSetError) -> String {
    let file = URL(fileURLWithPath: name, relativeTo: folder).path
    guard FileManager.default.fileExists(atPath: file) else {
      throw error("picture \(name) is not there")
    }
    return file
  }

  private static func sample(
    _ line: Substring, number: Int, _ path: String, _ folder: URL
  ) throws(SampleSetError) -> Sample {
    guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
      throw SampleSetError(path, number, "is not a JSON object")
    }
    func text(_ key: String) throws(SampleSetError) -> String? {
      guard let value = object[key], !(value is NSNull) else { return nil }
      guard let string = value as? String else { throw SampleSetError(path, number, "'\(key)' is not text") }
      return string
    }
    let images = try Self.images(object) { reason in SampleSetError(path, number, reason) }
    guard let prompt = try text("prompt"), prompt.contains(where: { !$0.isWhitespace }) else {
      throw SampleSetError(path, number, "has no 'prompt'")
    }
    do { _ = try Conversation(prompt).placing(images: images.count) } catch {
      throw SampleSetError(path, number, "\(error)")
    }
    var files: [String] = []
    for image in images {
      files.append(try picture(image, in: folder) { SampleSetError(path, number, $0) })
    }
    return Sample(
      id: try text("id") ?? "line \(number)", images: files, prompt: prompt, answer: try text("answer"),
      task: try text("task"), line: number)
  }

  /// The pictures of a line: `image` or `images`.
  private static func images(
    _ object: [String: Any], _ error: (String) -> SampleSetError
  ) throws(SampleSetError) -> [String] {
    let (one, several) = (object["image"] ?? NSNull(), object["images"] ?? NSNull())
    if several is NSNull {
      if one is NSNull { throw error("has no 'image'") }
      guard let image = one as? String else { throw error("'image' is not text") }
      guard !image.isEmpty else { throw error("has no 'image'") }
      return [image]
    }
    guard one is NSNull else { throw error("has both 'image' and 'images'") }
    guard let images = several as? [String], !images.isEmpty, !images.contains("") else {
      throw error("'images' is not a list of pictures")
    }
    return images
  }
}
