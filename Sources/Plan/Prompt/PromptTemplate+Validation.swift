extension PromptTemplate {
  /// Demands control tokens that exist, a size within limits, and slots where they make sense.
  package func validate(_ tokenizer: TokenizerTables) throws(Flaw) {
    let path = "/prompt"
    guard openings.count + closings.count <= 32 else {
      throw Flaw(path, "has \(openings.count + closings.count) openings and closings, more than 32")
    }
    let between = [joints.imageImage, joints.imageText, joints.textImage, joints.textText]
    let runs = openings.map(\.segments) + closings.map(\.segments) + between
    let count = runs.reduce(0) { $0 + $1.count }
    guard count <= 1024 else { throw Flaw(path, "has \(count) segments, more than 1024") }
    var bytes = 0
    for segment in runs.joined() {
      switch segment {
      case .literal(let text): bytes += text.utf8.count
      case .special(let id), .leading(let id):
        guard tokenizer.tokens.indices.contains(Int(id)) else {
          throw Flaw(path, "has the control token \(id), which does not exist")
        }
      case .date(let format):
        guard Segment.isDateFormat(format) else { throw Flaw(path, "has a date of a format that is none") }
      case .system, .reply: break
      }
    }
    // Each prompt has them again, and normalizers may make them longer.
    guard bytes <= 1 << 17 else { throw Flaw(path, "has \(bytes) bytes of literals, more than \(1 << 17)") }
    for run in between where run.contains(.system) || run.contains(.reply) {
      throw Flaw(path, "has a system prompt or a reply between two parts of a content")
    }
    try requireOneTurn(path)
    for (frames, name) in [(openings, "openings"), (closings, "closings")] {
      for (index, frame) in frames.enumerated() {
        try check(frame, isClosing: name == "closings", path)
        for other in frames[..<index] where frame.overlaps(other) {
          throw Flaw(path, "has two \(name) for the same \(frame.turn) turn")
        }
      }
    }
  }

  /// One turn without system prompt, from an image to text, is what every template has.
  private func requireOneTurn(_ path: String) throws(Flaw) {
    guard openings.contains(where: { $0.fits(.only, hasSystem: false, touchesImage: true) }) else {
      throw Flaw(path, "has no opening for one turn that starts with an image")
    }
    guard closings.contains(where: { $0.fits(.only, hasSystem: false, touchesImage: false) }) else {
      throw Flaw(path, "has no closing for one turn that ends with text")
    }
  }

  private func check(_ frame: Frame, isClosing: Bool, _ path: String) throws(Flaw) {
    let replies = frame.segments.count { $0 == .reply }
    let expected = isClosing && (frame.turn == .first || frame.turn == .middle) ? 1 : 0
    guard replies == expected else {
      throw Flaw(
        path,
        "has \(replies) replies in \(isClosing ? "a closing" : "an opening") of the \(frame.turn) turn, expected \(expected)"
      )
    }
    let systems = frame.segments.count { $0 == .system }
    guard systems == 0 || (systems == 1 && frame.hasSystem == true) else {
      throw Flaw(path, "has \(systems) system prompts in one frame of the \(frame.turn) turn")
    }
  }
}

extension PromptTemplate.Segment {
  /// Whether a format of dates is short, and has no fields but those that every `strftime` knows.
  package static func isDateFormat(_ format: String) -> Bool {
    let known = Set("aAbBcdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%".utf8)
    var rest = Array(format.utf8)[...]
    guard (1...64).contains(rest.count), rest.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return false }
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else { continue }
      // A day or month without its zero.
      if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard let field = rest.popFirst(), known.contains(field) else { return false }
    }
    return true
  }
}

extension PromptTemplate.Frame {
  /// Whether both are for the same turn of some conversation.
  fileprivate func overlaps(_ other: Self) -> Bool {
    func agree(_ one: Bool?, _ two: Bool?) -> Bool { one == nil || two == nil || one == two }
    return turn == other.turn && agree(hasSystem, other.hasSystem) && agree(touchesImage, other.touchesImage)
  }
}
