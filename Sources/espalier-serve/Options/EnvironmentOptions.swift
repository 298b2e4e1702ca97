import FoundationEssentials

/// Options from the environment, as words in front of those of the command line, which so come first where both have one.
enum EnvironmentOptions {
  private static let prefix = "ESPALIER_SERVE_"
  /// Options with a value, as the command line has them.
  private static let options = [
    "host", "port", "unix-socket", "api-key-file", "allow-host", "name",
    "point",
    "trusted-keys", "picture-cache", "picture-cache-size", "media-path", "temperature", "max-tokens",
    "threads",
    "parallel", "queue", "max-stall", "cache-memory", "max-memory", "max-body", "max-bodies", "max-pictures",
    "max-picture",
    "max-connections", "request-timeout", "body-timeout", "idle-timeout", "drain-timeout", "log-level",
  ]
  /// Options without one.
  private static let flags = ["check", "log-prompts"]
  /// The key itself, which a command line would show to everybody on the machine.
  static let key = prefix + "API_KEY"

  /// The words to parse.
  static func words(
    _ arguments: [String], _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> [String] {
    var words: [String] = []
    var known: Set<String> = [key]
    func name(_ option: String) -> String {
      let name = prefix + option.uppercased().replacing("-", with: "_")
      known.insert(name)
      return name
    }
    for option in options {
      // An option of the command line replaces that of the environment: some may be given once alone.
      let isGiven = arguments.contains { $0 == "--\(option)" || $0.hasPrefix("--\(option)=") }
      if let value = environment[name(option)], !value.isEmpty, !isGiven {
        words.append("--\(option)=\(value)")
      }
    }
    for flag in flags {
      switch environment[name(flag)] ?? "" {
      case "1", "true", "yes": if !arguments.contains("--\(flag)") { words.append("--\(flag)") }
      case "", "0", "false", "no": break
      case let value: throw ExecutionError("\(name(flag)): '\(value)' is neither 1 nor 0")
      }
    }
    for unknown in environment.keys.sorted() where unknown.hasPrefix(prefix) && !known.contains(unknown) {
      throw ExecutionError("\(unknown): there is no such option")
    }
    return words + arguments
  }
}
