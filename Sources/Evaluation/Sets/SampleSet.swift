import Foundation
import PlanFormat
import Tokenization

/// One question about some pictures, from a line of a set.
public struct Sample: Equatable, Sendable {
  /// Name of the sample.
  public var id: String
  /// Paths of the pictures, in order.
  public var images: [String]
  /// The user's text; `<image>` in it is the place of a picture.
  public var prompt: String
  /// The right answer, where the set has answers.
  public var answer: String?
  /// Kind of question, where the set says it.
  public var task: String?
}

/// A calibration, validation or test set: JSON Lines of `id`, `image`, `prompt`, `answer`, `task`.
///
/// Questions about several pictures have a list of them as `images` instead of `image`.
/// Pictures are named relative to the set's own folder.
public struct SampleSet: Sendable {
  /// Path of the set.
  public let path: String
  /// Samples in the order of the lines.
  public private(set) var samples: [Sample]

  /// Reads a set. A line that is not an object, or lacks `image` or `prompt`, or names a picture that is not there,
  /// is an error that names the line.
  public init(contentsOf path: String) throws(SampleSetError) {
    self.path = path
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SampleSetError(path, nil, "cannot be read")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw SampleSetError(path, nil, "is not UTF-8")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    samples = []
    // By bytes: as a character, the end of a line on Windows is not a line feed.
    for (index, bytes) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let line = Substring(bytes)
      if line.allSatisfy(\.isWhitespace) { continue }
      samples.append(try Self.sample(line, number: index + 1, path, folder))
    }
    if samples.isEmpty { throw SampleSetError(path, nil, "has no samples") }
  }

  /// The first `count` samples.
  public func first(_ count: Int?) -> SampleSet {
    var result = self
    if let count, count < samples.count { result.samples = Array(samples.prefix(max(0, count))) }
    return result
  }

  /// At most `count` samples, evenly spaced over the set.
  public func spread(_ count: Int?) -> SampleSet {
    var result = self
    if let count, count > 0, count < samples.count {
      result.samples = (0..<count).map { samples[$0 * samples.count / count] }
    }
    return result
  }

  /// SHA-256 over the samples and the bytes of their pictures, hexadecimal.
  public func digest() throws(SampleSetError) -> String {
    var hash = SHA256()
    var seen: Set<String> = []
    for sample in samples {
      for field in [sample.id, sample.prompt, sample.answer ?? "", sample.task ?? ""] {
        hash.update(Array(field.utf8) + [0])
      }
      for image in sample.images where seen.insert(image).inserted {
        guard let data = FileManager.default.contents(atPath: image) else {
          throw SampleSetError(path, nil, "picture \(image) cannot be read")
        }
        hash.update(Array(data))
      }
    }
    return hash.hexadecimal()
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
      let file = URL(fileURLWithPath: image, relativeTo: folder).path
      guard FileManager.default.fileExists(atPath: file) else {
        throw SampleSetError(path, number, "picture \(image) is not there")
      }
      files.append(file)
    }
    return Sample(
      id: try text("id") ?? "line \(number)", images: files, prompt: prompt, answer: try text("answer"),
      task: try text("task"))
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

/// A set that cannot be used: file, line, reason.
public struct SampleSetError: Error, Equatable, CustomStringConvertible {
  /// Path of the set.
  public var file: String
  /// Line number from 1, where one line is at fault.
  public var line: Int?
  /// What is wrong.
  public var reason: String

  init(_ file: String, _ line: Int?, _ reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }

  /// One line: file, line, reason.
  public var description: String { line.map { "\(file): line \($0): \(reason)" } ?? "\(file): \(reason)" }
}
