/// What of a set is not used, and why: everything that is left out is counted and said.
public struct LeftOut: Equatable, Sendable {
  /// How often each reason was met.
  public private(set) var counts: [Reason: Int] = [:]

  /// Nothing is left out.
  public init() {}

  /// Why something is no sample.
  public enum Reason: CaseIterable, Sendable {
    /// A file whose name is not that of a picture.
    case otherKind
    /// A file whose name begins with a dot.
    case hidden
    /// A folder in a folder of pictures.
    case folder
    /// A conversation about no picture.
    case withoutPicture

    fileprivate func words(_ count: Int) -> String {
      switch self {
      case .otherKind: count == 1 ? "1 file of another kind" : "\(count) files of other kinds"
      case .hidden: count == 1 ? "1 hidden file" : "\(count) hidden files"
      case .folder: count == 1 ? "1 folder" : "\(count) folders"
      case .withoutPicture: count == 1 ? "1 entry without a picture" : "\(count) entries without a picture"
      }
    }
  }

  /// Counts one more.
  mutating func add(_ reason: Reason) { counts[reason, default: 0] += 1 }

  /// All counts as a part of a line: `left out: 3 files of other kinds, 1 folder`; `nil` for nothing.
  public var summary: String? {
    let parts = Reason.allCases.compactMap { reason in counts[reason].map(reason.words) }
    return parts.isEmpty ? nil : "left out: " + parts.joined(separator: ", ")
  }
}
