/// Makes ids of calls of one answer.
///
/// Invariant: a reply takes events in one after the other, so nobody else counts at the same time.
final class CallCounter: @unchecked Sendable {
  private let prefix: String
  private var count = 0

  init(prefix: String) { self.prefix = prefix }

  func next() -> String {
    count += 1
    return "\(prefix)\(count)"
  }
}
