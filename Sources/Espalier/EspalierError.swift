internal import Imaging
internal import Inference
internal import Plan
internal import PlanFile
internal import Tokenization

/// Why something cannot be done, in one line that names the file or setting and the reason.
public struct EspalierError: Error, Equatable, CustomStringConvertible {
  /// What is at fault.
  public let kind: Kind
  /// The line.
  public let description: String

  /// What is at fault.
  public enum Kind: Sendable {
    /// The plan: missing, damaged, or not what it should be.
    case plan
    /// A picture.
    case image
    /// The prompt: empty, too long for the context, or with other pictures than there are.
    case prompt
    /// A setting.
    case settings
    /// Time: a request was not answered within its limit.
    case late
    /// Too much is asked for at once; later it may be answered.
    case busy
    /// Somebody asked for the end.
    case cancelled
  }

  package init(kind: Kind, description: String) {
    self.kind = kind
    self.description = description
  }

  init(_ error: any Error) {
    description = "\(error)"
    kind =
      switch error {
      case is PlanError: .plan
      case is ImageError: .image
      case is PromptError: .prompt
      case let error as InferenceError where error == .cancelled: .cancelled
      case let error as InferenceError where error == .late: .late
      case let error as InferenceError where error.object == "prompt": .prompt
      case let error as InferenceError where error.object == "model": .plan
      case let error as InferenceError where Self.settings.contains(error.object): .settings
      case is InferenceError: .image
      default: .plan
      }
  }

  /// Objects of errors that another setting would mend.
  private static let settings = ["sampling", "settings", "request", "grammar"]

  /// Turns every error of `body` into one of this type.
  static func catching<Result>(_ body: () throws -> Result) throws(EspalierError) -> Result {
    do { return try body() } catch { throw EspalierError(error) }
  }
}
