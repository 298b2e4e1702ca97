import Figures

/// Prints a result on stdout.
func printResult(_ json: JSON, asJSON: Bool, text: () -> String) {
  print(asJSON ? json.text : text())
}
