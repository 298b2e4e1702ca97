import Figures
import Output

/// Prints a result on stdout; the form that is not asked for is not made.
func printResult(_ json: @autoclosure () throws -> JSON, asJSON: Bool, text: () throws -> String) throws {
  if Team.leavesSpeech { return }
  try StandardOutput.line(try asJSON ? json().text : text())
}

/// Says something on stderr that the run goes on after.
func printWarning(_ line: String) {
  if Team.leavesSpeech { return }
  ConsoleProgress.clear()
  StandardError.line(line)
}
