import ArgumentParser

/// What a client may send, and how long it may take.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Most bytes of a request.", valueName: "size"))
  var maxBody = ByteCount(32 << 20)

  @Option(help: ArgumentHelp("Most bytes of all requests at hand together.", valueName: "size"))
  var maxBodies = ByteCount(256 << 20)

  @Option(help: "Most pictures of a request.")
  var maxPictures = 16

  @Option(help: ArgumentHelp("Most bytes of an encoded picture.", valueName: "size"))
  var maxPicture = ByteCount(20 << 20)

  @Option(help: "Most connections; others wait until one is closed.")
  var maxConnections = 512

  @Option(help: ArgumentHelp("Longest time of a request, its wait in the queue included.", valueName: "time"))
  var requestTimeout = Seconds(600)

  @Option(help: ArgumentHelp("Longest time in which the body of a request has to come.", valueName: "time"))
  var bodyTimeout = Seconds(60)

  @Option(help: ArgumentHelp("Longest time that a connection may be silent.", valueName: "time"))
  var idleTimeout = Seconds(75)

  @Option(help: ArgumentHelp("Longest time that the end of the server waits for answers.", valueName: "time"))
  var drainTimeout = Seconds(60)

  func validate() throws {
    guard (1024...1 << 30).contains(maxBody.bytes) else {
      throw ValidationError("--max-body must be within 1KiB ... 1GiB.")
    }
    guard (0...4096).contains(maxPictures) else {
      throw ValidationError("--max-pictures must be within 0 ... 4096.")
    }
    guard (1...100_000).contains(maxConnections) else {
      throw ValidationError("--max-connections must be within 1 ... 100000.")
    }
    for (name, time) in [
      ("request-timeout", requestTimeout), ("body-timeout", bodyTimeout), ("idle-timeout", idleTimeout),
    ] where time.seconds <= 0 {
      throw ValidationError("--\(name) must be more than 0.")
    }
  }
}
