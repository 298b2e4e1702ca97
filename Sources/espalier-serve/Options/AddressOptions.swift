import ArgumentParser

/// Where the server listens, and who may speak to it.
struct AddressOptions: ParsableArguments {
  @Option(help: "Address to listen on; 0.0.0.0 or :: for every network of the machine.")
  var host = "127.0.0.1"

  @Option(help: "Port to listen on; 0 for a free one.")
  var port = 8080

  @Option(help: ArgumentHelp("Listen on a unix socket instead.", valueName: "path"))
  var unixSocket: String?

  @Option(
    help: ArgumentHelp(
      "Answer only those who send a key of this file, one a line. (ESPALIER_SERVE_API_KEY has a key itself.)",
      valueName: "file"))
  var apiKeyFile: String?

  @Option(
    help: ArgumentHelp(
      "A name that clients may call this machine by, besides its addresses and localhost; may be repeated.",
      valueName: "name"))
  var allowHost: [String] = []

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be within 0 ... 65535.") }
    if let unixSocket, unixSocket.utf8.count > 100 {
      throw ValidationError("--unix-socket: the path is longer than the 100 bytes that systems take.")
    }
  }
}
