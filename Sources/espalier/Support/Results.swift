import Figures
import Output

/// Prints a result on stdout; the form that is not asked for is not made.
func printResult(_ json: @autoclosure () -> JSON, asJSON: Bool, text: () -> String) throws {
  try StandardOutput.line(asJSON ? json().text : text())
}

/// Says something on stderr that the run goes on after.
func printWarning(_ line: String) {
  ConsoleProgress.clear()
  StandardError.line(line)
}
