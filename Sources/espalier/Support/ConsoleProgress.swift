import Calibration
import Figures
import Foundation
import Inference
import Logging
import Synchronization

/// Progress on stderr: a bar with the time left on a terminal, plain log lines elsewhere.
///
/// Ctrl-C is noticed at the next step, where everything finished has been saved.
final class ConsoleProgress: ProgressReporter {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let logger: Logger
  private var stage = ""
  private var unit = Figure.Unit.count
  private var total = 0
  private var done = 0
  private var start = 0.0
  private var lastShown = 0.0

  init() {
    logger = Logger(label: "espalier") { StreamLogHandler.standardError(label: $0) }
    Interruption.install()
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
    show()
  }

  func advance(by steps: Int) throws {
    done += steps
    let now = StageClock.now
    if now - lastShown > (isTerminal ? 0.1 : 10) {
      lastShown = now
      show()
    }
    if Interruption.requested { throw Interruption() }
  }

  func end(_ summary: String) {
    let seconds = Figure(StageClock.now - start, .seconds)
    if isTerminal {
      write("\r\u{1B}[K\(stage): \(summary) (\(seconds))\n")
    } else {
      logger.info("\(stage): \(summary) (\(seconds))")
    }
  }

  private func show() {
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
    let spent = StageClock.now - start
    var left = share > 0.01 ? ", \(Figure(spent * (1 - share) / share, .seconds)) left" : ""
    if unit == .bytes, spent > 0 { left = ", \(Figure(Double(done) / spent, .bytes))/s\(left)" }
    if isTerminal {
      let filled = Int(share * 30)
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
      write("\r\u{1B}[K\(stage) [\(bar)] \(Figure(share, .share))\(left)")
    } else {
      logger.info("\(stage): \(Figure(share, .share))\(left)")
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Ctrl-C, taken at a safe point: everything finished is saved already.
struct Interruption: Error, CustomStringConvertible {
  var description = "interrupted; a calibration goes on with --resume"

  private static let flag = Atomic<Bool>(false)

  static var requested: Bool { flag.load(ordering: .relaxed) }

  /// The first Ctrl-C, or the first request to end, asks; the second ends the process as usual.
  static func install() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}
