import ArgumentParser

/// What is served, and how it is called.
struct ModelOptions: ParsableArguments {
  @Option(help: "Name of the model for clients. (default: that of the plan's file)")
  var name: String?

  @Option(help: "Operating point of requests that name none.")
  var point = "dense"

  @Flag(help: "Check the digest of every weight first.")
  var check = false

  @Option(
    help: ArgumentHelp(
      "Serve only a plan that one of these keys signed (public keys of minisign).", valueName: "file"))
  var trustedKeys: String?

  @Option(
    help: ArgumentHelp(
      "Keep what the vision tower made of pictures in this folder as well.", valueName: "folder"))
  var pictureCache: String?

  @Option(help: ArgumentHelp("Most bytes of that folder.", valueName: "size"))
  var pictureCacheSize: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Let requests show pictures below this folder as file:// addresses.", valueName: "folder"))
  var mediaPath: String?

  @Option(help: "Temperature of requests that have none; 0 takes the likeliest token.")
  var temperature = 0.0

  @Option(help: "Most tokens of the answer of requests that say nothing of it.")
  var maxTokens = 1024

  func validate() throws {
    guard (0...100).contains(temperature) else {
      throw ValidationError("--temperature must be within 0 ... 100.")
    }
    guard (1...1_000_000).contains(maxTokens) else {
      throw ValidationError("--max-tokens must be within 1 ... 1000000.")
    }
    guard pictureCacheSize == nil || pictureCache != nil else {
      throw ValidationError("--picture-cache-size says how large --picture-cache may be, which is missing.")
    }
    if let name, name.isEmpty || name.contains("@") {
      throw ValidationError("--name must not be empty, nor have an @: an operating point stands behind it.")
    }
  }
}
