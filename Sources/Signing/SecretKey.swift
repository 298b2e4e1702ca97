internal import Signatures

/// A secret key in minisign's form, opened.
public struct SecretKey: Sendable {
  /// The number by which signatures name the key.
  let id: KeyID
  let key: SigningKey

  /// Reads a file that minisign wrote, and decrypts it if it is encrypted.
  ///
  /// - Parameter password: asked for the password, only if one is needed. Opening then takes as much memory and time as
  ///   the file says: 1 GiB and some seconds, as minisign writes it.
  /// - Throws: any `SigningError` but `comment`, and what `password` throws.
  public init(contentsOf path: String, password: () throws(SigningError) -> SecretBytes) throws(SigningError)
  {
    var bytes: [UInt8]
    do throws(SmallFile.Failure) {
      bytes = try SmallFile.read(path, limit: SecretKeyFile.sizeLimit, mayWait: true)
    } catch { throw .unreadable(file: path, reason: error.reason) }
    defer { SecretBytes.wipe(&bytes) }
    try self.init(bytes, file: path, password: password)
  }

  /// Reads the bytes of such a file.
  init(_ bytes: [UInt8], file: String, password: () throws(SigningError) -> SecretBytes) throws(SigningError)
  {
    var opened = try SecretKeyFile(bytes, file: file)
    defer { SecretBytes.wipe(&opened.content) }
    let isEncrypted = opened.encryption != nil
    if isEncrypted { try opened.decrypt(with: password(), file: file) }
    guard opened.isIntact else {
      throw isEncrypted ? .wrongPassword(file: file) : .malformed(file: file, line: 2, reason: "is damaged")
    }
    var seed = Array(opened.content[8..<40])
    defer { SecretBytes.wipe(&seed) }
    // Signing under a public key that is not the seed's would give the seed away.
    guard let key = SigningKey(seed: seed), opened.content[40..<72].elementsEqual(key.verifyingKey.bytes)
    else {
      throw .malformed(file: file, line: 2, reason: "is damaged: its two halves do not belong together")
    }
    (id, self.key) = (KeyID(opened.content), key)
  }
}
