extension SignatureFile {
  /// Largest signature file: 16 KiB. The comments that minisign writes have at most 9 KiB.
  public static let sizeLimit = 1 << 14

  /// Reads a signature file.
  ///
  /// - Throws: `missing`, `unreadable`, or `malformed` with the line.
  public init(contentsOf path: String) throws(SignatureError) {
    let bytes: [UInt8]
    do throws(SmallFile.Failure) {
      bytes = try SmallFile.read(path, limit: Self.sizeLimit)
    } catch {
      throw error.isAbsence ? .missing(file: path) : .unreadable(file: path, reason: error.reason)
    }
    try self.init(bytes, file: path)
  }

  /// Reads the bytes of a signature file.
  ///
  /// - Parameter file: the name that errors give the file.
  /// - Throws: `malformed` with the line.
  public init(_ bytes: [UInt8], file: String) throws(SignatureError) {
    let text = TextLines(bytes)
    func line<Value>(
      _ number: Int, _ read: (ArraySlice<UInt8>) throws(Flaw) -> Value
    ) throws(SignatureError) -> Value {
      do throws(Flaw) {
        guard number <= text.lines.count else { throw Flaw("is missing") }
        guard number < text.lines.count || text.isComplete else { throw Flaw("does not end") }
        return try read(text.lines[number - 1])
      } catch { throw .malformed(file: file, line: number, reason: error.reason) }
    }

    try line(1) { line throws(Flaw) in
      guard line.starts(with: Self.commentPrefix.utf8) else {
        throw Flaw("does not begin with '\(Self.commentPrefix)'")
      }
    }
    let signed = try line(2) { line throws(Flaw) in try Self.bytes(line, count: 74) }
    let algorithm = try line(2) { _ throws(Flaw) in
      guard let algorithm = Algorithm(rawValue: String(decoding: signed[..<2], as: UTF8.self)) else {
        throw Flaw("has an unknown algorithm")
      }
      return algorithm
    }
    let comment = try line(3) { line throws(Flaw) in
      guard let rest = TextLines.rest(of: line, behind: Self.trustedCommentPrefix) else {
        throw Flaw("does not begin with '\(Self.trustedCommentPrefix)'")
      }
      return try TrustedComment.text(rest)
    }
    let global = try line(4) { line throws(Flaw) in try Self.bytes(line, count: 64) }
    guard text.lines.count == 4 else {
      throw .malformed(file: file, line: 5, reason: "is one too many: a signature has four lines")
    }
    self.init(
      file: file, algorithm: algorithm, keyID: KeyID(signed, at: 2), trustedComment: comment,
      signature: Array(signed[10...]), globalSignature: global)
  }

  private static func bytes(_ line: ArraySlice<UInt8>, count: Int) throws(Flaw) -> [UInt8] {
    guard let bytes = Base64.decode(line) else { throw Flaw("is no base64") }
    guard bytes.count == count else { throw Flaw("has \(bytes.count) bytes, where a signature has \(count)") }
    return bytes
  }
}
