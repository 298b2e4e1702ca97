import Plan

/// The `decoder` of `tokenizer.json`: how tokens become text.
enum DecoderReader {
  static func read(_ root: Settings, into tables: inout TokenizerTables) throws(CheckpointError) {
    guard let own = try root.child("decoder") else {
      // Bytes have no meaning but this one; texts stand beside each other with spaces between them.
      tables.decoding = tables.scheme == .byteLevel ? [.byteLevel] : [.join(" ")]
      return
    }
    tables.decoding = []
    for step in try own.steps("decoders") {
      let type = try step.text("type")
      let isFirst = tables.decoding.isEmpty
      guard (type == "ByteLevel") == (isFirst && tables.scheme == .byteLevel) else {
        throw step.error(
          "type",
          tables.scheme == .byteLevel
            ? "is \(type), the first step after a ByteLevel pre-tokenizer has to be ByteLevel, no other"
            : "is ByteLevel, but the pre-tokenizer is not")
      }
      tables.decoding.append(try read(step, type))
    }
    if tables.scheme == .byteLevel && tables.decoding.isEmpty {
      throw own.error("decoders", "are none, expected ByteLevel")
    }
  }

  private static func read(_ step: Settings, _ type: String) throws(CheckpointError) -> DecodingStep {
    switch type {
    case "ByteLevel": return .byteLevel
    case "Replace": return .replace(try step.pattern("pattern"), content: try step.text("content"))
    case "ByteFallback": return .byteFallback
    case "Fuse": return .fuse
    case "Strip":
      return .strip(
        try step.character("content"), start: try step.count("start"), stop: try step.count("stop"))
    case "Metaspace":
      return .metaspace(
        replacement: try step.character("replacement"), dropsFirst: try Metaspace.prepend(step) != .never)
    default:
      throw step.error(
        "type",
        "is \(type), supported are ByteLevel, Replace, ByteFallback, Fuse, Strip, Metaspace and Sequence")
    }
  }
}
