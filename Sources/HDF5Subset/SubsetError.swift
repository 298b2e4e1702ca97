/// Why a file is not in the subset: the object and the reason.
public struct SubsetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Path of a group or dataset; `/` also stands for the file.
  public var object: String
  /// What is wrong with it, as a phrase: `is chunked, expected contiguous`.
  public var reason: String

  /// Creates an error.
  public init(_ object: String, _ reason: String) {
    self.object = object
    self.reason = reason
  }

  /// One line: `OBJECT: REASON`.
  public var description: String { "\(object): \(reason)" }
}
