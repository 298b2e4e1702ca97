extension OperatingPoint {
  /// Demands a plain name, settings that fit the model and figures that are numbers.
  package func validate(for model: ModelDescription, at path: String) throws(Flaw) {
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
    guard (1...64).contains(name.utf8.count), isPlain else {
      throw Flaw(path, "'\(name.prefix(64))' is not a name of lower-case letters, digits, '_' and '-'")
    }
    guard name != "dense" || settings.isDense else { throw Flaw(path, "is named dense but prunes") }
    try settings.validate(for: model, at: path)
    try figures?.validate(path)
  }
}
