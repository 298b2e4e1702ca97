import ArgumentParser

/// Options of verbs that several processes can run together.
struct TeamArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Seconds without a sign of life behind which a rank is given up, and the run with it.",
      valueName: "seconds"))
  var rankTimeout = 900.0

  func validate() throws {
    guard (2...86_400).contains(rankTimeout) else {
      throw ValidationError("--rank-timeout takes 2 to 86400 seconds.")
    }
  }
}
