import JSONReading

/// Texts of control tokens by the names under which templates know them: `bos_token`, `eos_token`, ...
struct SpecialTokens {
  /// The files they may be in.
  let files: [String]
  private(set) var texts: [String: String] = [:]

  init(_ directory: String) throws(CheckpointError) {
    files = ["tokenizer_config.json", "special_tokens_map.json"].map { "\(directory)/\($0)" }
    for file in files where fileExists(file) {
      let settings = try Settings(contentsOf: file)
      let isConfiguration = file == files[0]
      for (name, value) in settings.object.members where name.hasSuffix("_token") {
        // Flags like `add_bos_token` end the same way.
        switch value {
        case .string(let text): add(name, text)
        case .object: if let text = try settings.child(name)?.text("content") { add(name, text) }
        default: if isConfiguration, value.isNull { absent.insert(name) }
        }
      }
      if case .object(let extra)? = settings["extra_special_tokens"] {
        for (name, value) in extra.members {
          if case .string(let text) = value { add(name, text) }
        }
      }
    }
  }

  /// Names that the configuration says have no token.
  private var absent: Set<String> = []

  /// The first file that names a token decides.
  private mutating func add(_ name: String, _ text: String) {
    if texts[name] == nil, !absent.contains(name) { texts[name] = text }
  }
}
