import Inference

/// Saves states as often as pays: whatever a state costs to save, a twentieth of the time goes into it at most, and what
/// a kill loses is as little.
final class PacedSaving<State> {
  private let write: (State) throws -> Void
  private var unsaved: State?
  private var due = -Double.infinity

  init(_ write: @escaping (State) throws -> Void) { self.write = write }

  /// Takes a state, and saves it where it is time for that.
  func offer(_ state: State) throws {
    unsaved = state
    if StageClock.now >= due { try flush() }
  }

  /// Saves the last state that was offered.
  func flush() throws {
    guard let state = unsaved else { return }
    unsaved = nil
    let start = StageClock.now
    try write(state)
    let end = StageClock.now
    due = end + 20 * (end - start)
  }

  /// Runs work that offers states; what ends it early costs none of them.
  func keeping<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      try flush()
      return result
    } catch {
      try? flush()
      throw error
    }
  }
}
