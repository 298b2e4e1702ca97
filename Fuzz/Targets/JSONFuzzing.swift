import JSONReading

enum JSONFuzzing {
  /// Parses; an array must fall into the same elements when it is read piece by piece.
  static func read(_ bytes: [UInt8]) -> Bool {
    let value = try? JSONParser.parse(bytes)
    _ = try? JSONParser.parse(bytes, allowingNonFinite: true)
    bytes.withUnsafeBytes { raw in
      guard let elements = JSONElements(raw) else { return }
      var pieces: [JSONElements.Element] = []
      for element in elements { pieces.append(element) }
      guard case .array(let values)? = value else { return }
      precondition(pieces.count == values.count && pieces.allSatisfy { $0.problem == nil })
      precondition(pieces.allSatisfy { (try? JSONParser.parse(Array($0.bytes))) != nil })
    }
    return value != nil
  }
}
