/// A public key in minisign's form: a number and a key of Ed25519, in base64 on one line.
public struct PublicKey: Equatable, Sendable {
  /// The number by which signatures name the key.
  public let id: KeyID
  /// What the file says about the key, without `untrusted comment: `; nobody vouches for it.
  public let comment: String?
  /// The key itself.
  package let key: VerifyingKey

  /// A key from its parts.
  package init(id: KeyID, key: VerifyingKey, comment: String? = nil) {
    (self.id, self.key, self.comment) = (id, key, comment)
  }

  /// Reads the line of a key: base64 of `Ed`, eight bytes of number, 32 bytes of key.
  init(line: ArraySlice<UInt8>, comment: String?) throws(Flaw) {
    guard let bytes = Base64.decode(line) else { throw Flaw("is neither a comment nor a key in base64") }
    guard bytes.count == 42 else { throw Flaw("has \(bytes.count) bytes, where a public key has 42") }
    guard bytes.starts(with: SignatureFile.Algorithm.plain.rawValue.utf8) else {
      throw Flaw("is no key of Ed25519")
    }
    guard let key = VerifyingKey(Array(bytes[10...])) else { throw Flaw("is no valid key of Ed25519") }
    self.init(id: KeyID(bytes, at: 2), key: key, comment: comment)
  }

  /// The key as minisign writes it, without the comment: what its option `-P` takes.
  public var text: String {
    Base64.encode(Array(SignatureFile.Algorithm.plain.rawValue.utf8) + id.bytes + key.bytes)
  }
}
