import Foundation
import PlanFormat

/// One question about one picture, from a line of a set.
public struct Sample: Equatable, Sendable {
  /// Name of the sample.
  public var id: String
  /// Path of the picture.
  public var image: String
  /// The user's text.
  public var prompt: String
  /// The right answer, where the set has answers.
  public var answer: String?
  /// Kind of question, where the set says it.
  public var task: String?
}

/// A calibration, validation or test set: JSON Lines of `id`, `image`, `prompt`, `answer`, `task`.
///
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
      guard seen.insert(sample.image).inserted else { continue }
      guard let data = FileManager.default.contents(atPath: sample.image) else {
        throw SampleSetError(path, nil, "picture \(sample.image) cannot be read")
      }
      hash.update(Array(data))
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
    guard let image = try text("image"), !image.isEmpty else {
      throw SampleSetError(path, number, "has no 'image'")
    }
    guard let prompt = try text("prompt"), prompt.contains(where: { !$0.isWhitespace }) else {
      throw SampleSetError(path, number, "has no 'prompt'")
    }
    let file = URL(fileURLWithPath: image, relativeTo: folder).path
    guard FileManager.default.fileExists(atPath: file) else {
      throw SampleSetError(path, number, "picture \(image) is not there")
    }
    return Sample(
      id: try text("id") ?? "line \(number)", image: file, prompt: prompt, answer: try text("answer"),
      task: try text("task"))
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
