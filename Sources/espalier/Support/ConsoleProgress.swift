import Calibration
import Figures
import Inference
import Output
import Synchronization

/// Progress on stderr. On a terminal one line redraws with the time left, and is cleared when its stage is over;
/// elsewhere a stage is a line when it is over, and one a minute before.
///
/// An interruption is noticed at the next step, and so is whatever `check` throws.
final class ConsoleProgress: ProgressReporter {
  /// Called at each step.
  private let check: () throws -> Void
  private let isTerminal = StandardError.isTerminal
  private var stage = ""
  private var unit = Figure.Unit.count
  private var total = 0
  private var done = 0
  private var start = 0.0
  private var lastShown = 0.0

  init(check: @escaping () throws -> Void = {}) { self.check = check }

  /// Whether a line stands on the terminal that something else would have to clear.
  private static let isDrawn = Atomic<Bool>(false)

  /// Clears the line of a stage that is not over, before something else is written.
  static func clear() {
    if isDrawn.exchange(false, ordering: .relaxed) { Terminal.redraw("") }
  }

  func begin(_ stage: String, total: Int) { begin(stage, total: total, unit: .count) }

  /// A stage begins that has `total` steps, or bytes.
  func begin(_ stage: String, total: Int, unit: Figure.Unit) {
    self.stage = stage
    self.unit = unit
    self.total = total
    done = 0
    start = StageClock.now
    lastShown = start
    if isTerminal { show() }
  }

  func advance(by steps: Int) throws {
    done += steps
    let now = StageClock.now
    if now - lastShown > (isTerminal ? 0.1 : 60) {
      lastShown = now
      show()
    }
    if Interruption.requested { throw Interruption() }
    try check()
  }

  func end(_ summary: String) {
    if Team.leavesSpeech { return }
    Self.clear()
    StandardError.line("\(stage): \(summary) (\(Figure(StageClock.now - start, .seconds)))")
  }

  private func show() {
    if Team.leavesSpeech { return }
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
    let spent = StageClock.now - start
    var left = share > 0.01 ? ", \(Figure(spent * (1 - share) / share, .seconds)) left" : ""
    if unit == .bytes, spent > 0 { left = ", \(Figure(Double(done) / spent, .bytes))/s\(left)" }
    guard isTerminal else { return StandardError.line("\(stage): \(Figure(share, .share))\(left)") }
    let figures = "\(Figure(share, .share))\(left)"
    // What the terminal leaves beside the words, with the room that the time left may still take.
    let width = min(30, Terminal.width - stage.count - 32)
    let filled = max(0, Int(share * Double(width)))
    let bar =
      width < 5
      ? ": " : " [\(String(repeating: "#", count: filled))\(String(repeating: ".", count: width - filled))] "
    Terminal.redraw(stage + bar + figures)
    Self.isDrawn.store(true, ordering: .relaxed)
  }
}
