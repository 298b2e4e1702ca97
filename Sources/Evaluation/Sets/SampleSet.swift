import Compute
import Foundation
import Inference
import JSONReading
import Plan

/// One question about some pictures.
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
  /// Line of the set that it begins in, where it has one.
  public var line: Int?

  /// A sample. Expected answers lose the white space around them, as answers of a model do before they are compared.
  init(
    id: String, images: [String], prompt: String, answer: String? = nil, task: String? = nil, line: Int? = nil
  ) {
    (self.id, self.images, self.prompt) = (id, images, prompt)
    (self.answer, self.task, self.line) = (answer?.trimmed, task, line)
  }
}

extension String {
  /// The text without white space around it.
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

/// A calibration, validation or test set, from one of the forms that people have:
///
/// - JSON Lines of `id`, `image` (or a list, `images`), `prompt`, `answer`, `task`;
/// - LLaVA's conversations: a JSON array of `id`, `image` (or a list, `images`) and `conversations`, of which the first
///   question and answer are taken; entries without a picture are left out;
/// - a folder of pictures, all asked the same; its folders and other files are left out.
///
/// Pictures are named relative to the set's own folder. `answer` and `task` may be missing.
public struct SampleSet: Sendable {
  /// Path of the set.
  public let path: String
  /// Samples in the order of the set.
  public internal(set) var samples: [Sample]
  /// What of the set is not among them.
  public private(set) var leftOut = LeftOut()

  /// Reads a set. What cannot be used, such as a line without `prompt` or a picture that is not there, is an error that
  /// names its place.
  ///
  /// - Parameter prompt: what a folder of pictures is asked; only for folders.
  public init(contentsOf path: String, prompt: String? = nil) throws(SampleSetError) {
    self.path = path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      guard let prompt else {
        throw SampleSetError(path, nil, "is a folder of pictures: say what they are asked with --prompt")
      }
      samples = try Self.folder(path, prompt: prompt, leavingOut: &leftOut)
    } else {
      guard prompt == nil else {
        throw SampleSetError(path, nil, "has prompts of its own: --prompt is for folders of pictures")
      }
      guard let data = FileManager.default.contents(atPath: path) else {
        throw SampleSetError(path, nil, "cannot be read")
      }
      samples = try Self.samples(data, path, leavingOut: &leftOut)
    }
    if samples.isEmpty {
      throw SampleSetError(path, nil, "has no samples" + (leftOut.summary.map { " (\($0))" } ?? ""))
    }
  }

  private static func samples(
    _ data: Data, _ path: String, leavingOut leftOut: inout LeftOut
  ) throws(SampleSetError) -> [Sample] {
    // A closure of the library's would forget the type of the error.
    let result = data.withUnsafeBytes { bytes in
      Result { () throws(SampleSetError) -> [Sample] in
        guard let elements = JSONElements(bytes) else { return try lines(bytes, path) }
        return try conversations(elements, path, leavingOut: &leftOut)
      }
    }
    return try result.get()
  }

  /// Paths of all pictures, each once.
  public var pictures: [String] {
    var seen: Set<String> = []
    return samples.flatMap(\.images).filter { seen.insert($0).inserted }
  }

  /// The first `count` samples.
  public func first(_ count: Int?) -> SampleSet {
    var result = self
    if let count, count < samples.count { result.samples = Array(samples.prefix(max(0, count))) }
    return result
  }

  /// The same samples in another order, the same for a seed.
  public func shuffled(seed: UInt64) -> SampleSet {
    var result = self
    var generator = SplitMix64(seed: seed)
    result.samples.shuffle(using: &generator)
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
