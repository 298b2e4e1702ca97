import Figures
import Inference
import Output
import Plan

/// One question about every picture that appears in a folder.
struct FolderQuestion {
  private let question: Question
  private let script: Script
  private let context: Context
  private let point: OperatingPoint
  private let maxMemory: Int?
  private let pictures: PictureCache

  init(
    _ question: Question, _ script: Script, _ context: Context, _ point: OperatingPoint, maxMemory: Int?,
    _ pictures: PictureCache
  ) {
    self.question = question
    self.script = script
    self.context = context
    self.point = point
    self.maxMemory = maxMemory
    self.pictures = pictures
  }

  /// Prints an object a line for each new picture until the folder is gone, which is an error.
  func answerAll(in folder: String) throws {
    var watch = try FolderWatch(folder)
    StandardError.line("watching \(folder)")
    while true {
      switch try watch.next() {
      case .file(let path): try StandardOutput.line(line(about: path).line)
      case .overflow:
        StandardError.line("Warning: \(folder): too many pictures at once: some are not answered")
      case .end: throw ExecutionError("\(folder): is gone")
      }
    }
  }

  /// The answer, or why there is none: a picture that cannot be read does not end the others.
  private func line(about path: String) -> JSON {
    var members: [(key: String, value: JSON)] = [("image", .string(path.printable(limit: .max)))]
    do {
      if case .object(let answer)? = try answer(about: path)?.json { members += answer }
    } catch {
      members.append(("error", .string("\(error)".printable())))
    }
    return .object(members)
  }

  private func answer(about path: String) throws -> Answer? {
    // Pictures have nothing to do with each other: nothing is kept for the next.
    let dialogue = try Dialogue(
      context, point: point, policy: .accept, maxMemory: maxMemory, cache: pictures)
    var (own, script) = (question, script)
    guard let conversation = try script.nextQuestion() else { return nil }
    own.conversation = conversation
    own.images = [.file(path)]
    return try dialogue.answer(own)
  }
}
