import Foundation
import TestSupport

/// Pictures and questions of the reference model.
enum Scenes {
  static let picture = ReferencePlan.scenes.appendingPathComponent("images/test-003.jpg").path

  /// Writes the first lines of a set to a folder, with absolute names of pictures; returns its path.
  static func set(_ name: String, _ count: Int, in folder: TemporaryFolder) throws -> String {
    let whole = try String(
      contentsOf: ReferencePlan.scenes.appendingPathComponent("\(name).jsonl"), encoding: .utf8)
    let lines = whole.split(separator: "\n").prefix(count).map {
      $0.replacingOccurrences(of: "\"images/", with: "\"\(ReferencePlan.scenes.path)/images/")
    }
    return try folder.write(lines.joined(separator: "\n"), to: "\(name).jsonl")
  }
}

extension ProgramResult {
  /// Whether this is one line on stderr, nothing on stdout, and exit 1.
  var isOneError: Bool {
    status == 1 && output.isEmpty && errors.hasPrefix("Error: ") && errors.hasSuffix("\n")
      && errors.count { $0.isNewline } == 1
  }
}
