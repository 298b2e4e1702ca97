/// Finds the first of some texts in an answer that grows, and holds back what may be the beginning of one.
struct StopStringMatcher: Sendable {
  private let stops: [[UInt8]]
  /// Bytes that may be the beginning of a stop string.
  private var held: [UInt8] = []
  /// Whether a stop string has come.
  private(set) var isFound = false

  init(_ stops: [String]) {
    self.stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) }
  }

  /// The text that is certain to be part of the answer now that `text` has come.
  mutating func append(_ text: String) -> String {
    guard !stops.isEmpty, !isFound else { return isFound ? "" : text }
    held += text.utf8
    if let end = firstMatch() {
      isFound = true
      return release(end)
    }
    return release(held.count - longestBeginning())
  }

  /// The text held back, when none follows.
  mutating func finish() -> String { isFound ? "" : release(held.count) }

  private mutating func release(_ count: Int) -> String {
    let text = String(decoding: held.prefix(count), as: UTF8.self)
    held.removeFirst(count)
    return text
  }

  /// Where the first stop string begins.
  private func firstMatch() -> Int? {
    held.indices.first { start in stops.contains { held[start...].starts(with: $0) } }
  }

  /// Bytes at the end that are the beginning of a stop string. It starts with a character, as stop strings do.
  private func longestBeginning() -> Int {
    let longest = stops.map(\.count).max() ?? 0
    let first = max(0, held.count - longest + 1)
    let start = (first..<held.count).first { start in stops.contains { $0.starts(with: held[start...]) } }
    return start.map { held.count - $0 } ?? 0
  }
}
