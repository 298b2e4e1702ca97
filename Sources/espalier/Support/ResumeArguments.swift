import ArgumentParser

/// Options of every verb that goes on where an interrupted run of it was.
struct ResumeArguments: ParsableArguments {
  @Flag(help: "Go on from the state that an interrupted run left beside the output, where there is one.")
  var resume = false

  @Flag(help: "Drop the state that an interrupted run left beside the output, and begin anew.")
  var restart = false

  func validate() throws {
    if resume, restart { throw ValidationError("--resume and --restart exclude each other.") }
  }
}
