/// The public keys whose signatures are believed.
public struct TrustedKeys: Equatable, Sendable {
  /// The keys, in the order of the file; one at least.
  public let keys: [PublicKey]

  /// Largest file of keys: 64 KiB, some hundred keys.
  public static let sizeLimit = 1 << 16
  static let commentPrefix = "untrusted comment:"

  /// Reads a file of keys: the file that minisign writes, or several of them one after the other.
  ///
  /// - Throws: `unreadable`, `malformed` with the line, or `noKeys`.
  public init(contentsOf path: String) throws(SignatureError) {
    let bytes: [UInt8]
    do throws(SmallFile.Failure) {
      bytes = try SmallFile.read(path, limit: Self.sizeLimit, mayWait: true)
    } catch { throw .unreadable(file: path, reason: error.reason) }
    try self.init(bytes, file: path)
  }

  /// Reads the bytes of such a file.
  ///
  /// Each line is a key, a comment about the next one, or blank.
  ///
  /// - Parameter file: the name that errors give the file.
  /// - Throws: `malformed` with the line, or `noKeys`.
  public init(_ bytes: [UInt8], file: String) throws(SignatureError) {
    var (keys, comment) = ([PublicKey](), String?.none)
    for (index, line) in TextLines(bytes).lines.enumerated() {
      if let rest = TextLines.rest(of: line, behind: Self.commentPrefix) {
        comment = String(decoding: rest.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
      } else if !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
        do throws(Flaw) {
          keys.append(try PublicKey(line: line, comment: comment))
        } catch { throw .malformed(file: file, line: index + 1, reason: error.reason) }
        comment = nil
      }
    }
    guard !keys.isEmpty else { throw .noKeys(file: file) }
    self.keys = keys
  }

  /// Keys that a program holds already; nil for none.
  public init?(_ keys: [PublicKey]) {
    guard !keys.isEmpty else { return nil }
    self.keys = keys
  }
}
