import Digests
import Imaging
import Inference
import Plan

/// The times that a retiming has measured so far, saved beside its output.
struct RetimingState: Codable {
  /// What the state belongs to.
  struct Key: Codable, Equatable {
    /// Digest of the plan's weights and the settings that are timed.
    var plan: String
    /// Digest of the question and its pictures.
    var question: String
    var repetitions: Int
    var threads: Int
    var cache: String
  }

  let key: Key
  /// Times of the pictures in each way to look at them in turn, for each turn that has begun.
  var pictures: [SettingsTiming.PictureTime] = []
  /// Times of all settings in turn, turn after turn.
  var times: [SettingsTime] = []

  init(key: Key) { self.key = key }

  /// The state saved at `path`, or a fresh one where none is. One that cannot be read, or belongs to another retiming, is
  /// an error that says what differs.
  static func load(_ path: String?, key: Key) throws -> RetimingState {
    guard let path, let state: RetimingState = try SavedState.read(path, "retiming") else {
      return RetimingState(key: key)
    }
    if let difference = state.key.difference(from: key) { throw SavedState.unfit(path, difference) }
    return state
  }

  /// Saves the state at once or not at all.
  func save(_ path: String?) throws {
    if let path { try SavedState.write(self, to: path, "retiming") }
  }
}

extension RetimingState.Key {
  /// The key of a retiming of some settings on a question about pictures.
  init(
    _ settings: [PruningSettings], weights: String, _ layout: PromptLayout, images: [String],
    repetitions: Int, threads: Int, cache: String
  ) throws {
    func digest(_ text: String) -> String {
      var digest = SHA256()
      digest.update(Array(text.utf8))
      return digest.hexadecimal()
    }
    let pictures = try images.map { try ImageSource.file($0).encoded().digest }
    self.init(
      plan: digest("\(weights)\(settings)"), question: digest("\(layout)\(pictures)"),
      repetitions: repetitions, threads: threads, cache: cache)
  }

  /// How this is not `other`, in the words of the command line; `nil` where they are the same.
  fileprivate func difference(from other: Self) -> String? {
    let options =
      Calibration.difference("--repetitions", repetitions, other.repetitions) { "\($0)" }
      ?? Calibration.difference("--threads", threads, other.threads) { "\($0)" }
      ?? Calibration.difference("--cache", cache, other.cache) { $0 }
    if let options { return "was made with \(options)" }
    if question != other.question { return "was made with another question" }
    return plan == other.plan ? nil : "was made of another plan"
  }
}
