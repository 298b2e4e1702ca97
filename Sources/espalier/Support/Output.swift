import Figures
import Foundation

/// Prints a result on stdout; the form that is not asked for is not made.
func printResult(_ json: @autoclosure () -> JSON, asJSON: Bool, text: () -> String) {
  print(asJSON ? json().text : text())
}

/// Says something on stderr that the run goes on after.
func printWarning(_ line: String) {
  FileHandle.standardError.write(Data("\(line)\n".utf8))
}
