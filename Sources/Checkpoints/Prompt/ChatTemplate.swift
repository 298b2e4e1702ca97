import JSONReading
import Plan

/// A checkpoint's chat template and where it was found.
struct ChatTemplate {
  let file: String
  let source: String
}

extension ChatTemplate {
  /// Takes the template of a file of its own that a person names.
  init(contentsOf path: String) throws(CheckpointError) {
    self.init(file: path, source: try readText(path))
  }

  /// Finds the template where Hugging Face's processors look for it, in their order; a family may have one for where there
  /// is none.
  init(_ directory: String, orElse standard: ChatTemplate? = nil) throws(CheckpointError) {
    for name in ["processor_config.json", "chat_template.json"] {
      if let found = try Self(key: "\(directory)/\(name)") {
        self = found
        return
      }
    }
    let plain = "\(directory)/chat_template.jinja"
    if fileExists(plain) {
      try self.init(contentsOf: plain)
      return
    }
    guard
      let found = try Self(key: "\(directory)/tokenizer_config.json")
        ?? standard
    else {
      throw CheckpointError(
        file: plain,
        reason: "is missing, and no other file has a chat_template; --chat-template FILE passes one")
    }
    self = found
  }

  /// Takes the key `chat_template` of a JSON file: text, or named ones of which `default` is taken.
  private init?(key path: String) throws(CheckpointError) {
    guard fileExists(path) else { return nil }
    let settings = try Settings(contentsOf: path)
    let key = "chat_template"
    switch settings[key] {
    case nil: return nil
    case .array(let entries)?:
      for case .object(let entry) in entries {
        if case .string("default")? = entry["name"], case .string(let text)? = entry["template"] {
          self.init(file: path, source: text)
          return
        }
      }
      throw settings.error(key, "has no template named \"default\"")
    case .object(let entry)?:
      guard case .string(let text)? = entry["default"] else {
        throw settings.error(key, "has no template named \"default\"")
      }
      self.init(file: path, source: text)
    default: self.init(file: path, source: try settings.text(key))
    }
  }

  /// An error about the template.
  func error(_ reason: String, line: Int? = nil) -> CheckpointError {
    CheckpointError(
      file: file, object: line.map { "chat template, line \($0)" } ?? "chat template", reason: reason)
  }

  /// An error about what the template could not do.
  func error(_ failure: Jinja.Failure) -> CheckpointError {
    error(
      failure.isRefusal
        ? failure.reason : failure.reason + "; --chat-template FILE passes a simpler template",
      line: failure.line)
  }
}
