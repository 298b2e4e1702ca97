import JSONReading
import Plan

/// What `tokenizer_config.json` says about the tokenizer beside it.
struct TokenizerConfiguration {
  private let settings: Settings?
  private let specialTokens: Settings?

  init(_ directory: String) throws(CheckpointError) {
    let files = ["tokenizer_config.json", "special_tokens_map.json"].map { "\(directory)/\($0)" }
    settings = fileExists(files[0]) ? try Settings(contentsOf: files[0]) : nil
    specialTokens = fileExists(files[1]) ? try Settings(contentsOf: files[1]) : nil
  }

  /// Entries of `added_tokens_decoder`, by their ids.
  ///
  /// The ids say in which order transformers adds them; a token that the vocabulary lacks gets the next free one.
  func addedTokens() throws(CheckpointError) -> [Settings] {
    let key = "added_tokens_decoder"
    guard let settings, let own = try settings.child(key) else { return [] }
    var entries: [(id: Int, entry: Settings)] = []
    for (name, value) in own.object.members {
      guard let id = Int(name), case .object(let object) = value else {
        throw own.error(name, "is \(value.summary), expected an id and an object")
      }
      entries.append((id, Settings(file: own.file, path: own.name(name), object: object)))
    }
    return entries.sorted { $0.id < $1.id }.map(\.entry)
  }

  /// The class of tokenizer, without the ending of its fast variant.
  func kind() throws(CheckpointError) -> String? {
    guard let settings, settings["tokenizer_class"] != nil else { return nil }
    let name = try settings.text("tokenizer_class")
    return name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
  }

  /// The control token before every text, unless the files say that there is none.
  func startToken() throws(CheckpointError) -> String? {
    let name = "bos_token"
    if let settings, try !settings.flag("add_bos_token", default: true) { return nil }
    guard let file = [settings, specialTokens].compactMap({ $0 }).first(where: { $0[name] != nil }) else {
      return nil
    }
    return try Self.entry(file[name] ?? .null, name, file).text("content")
  }

  /// Entries of the control tokens that the files name, in the order in which transformers adds them.
  func controlTokens() throws(CheckpointError) -> [Settings] {
    var entries: [Settings] = []
    let names = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"].map { $0 + "_token" }
    for name in names {
      guard let file = [settings, specialTokens].compactMap({ $0 }).first(where: { $0[name] != nil }) else {
        continue
      }
      entries.append(try Self.entry(file[name] ?? .null, name, file))
    }
    for file in [settings, specialTokens].compactMap({ $0 }) {
      for key in ["additional_special_tokens", "extra_special_tokens"] {
        guard case .array(let values)? = file[key] else { continue }
        for value in values { entries.append(try Self.entry(value, key, file)) }
      }
    }
    return entries
  }

  /// A token as text, or with its settings.
  private static func entry(_ value: JSON, _ key: String, _ file: Settings) throws(CheckpointError)
    -> Settings
  {
    var members: [(name: String, value: JSON)] = []
    switch value {
    case .string(let text): members = [("content", .string(text))]
    case .object(let object): members = object.members.filter { $0.name != "special" }
    default: throw file.error(key, "is \(value.summary), expected a token")
    }
    return Settings(
      file: file.file, path: file.name(key), object: JSONObject(members + [("special", .bool(true))]))
  }
}
