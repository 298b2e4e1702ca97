internal import Glibc
internal import Signatures

/// Where a password comes from: a file, a pipe or a terminal, never the environment or the command line, which others
/// see.
public enum Password {
  /// Most bytes of a password that minisign takes.
  public static let sizeLimit = 1022

  /// Reads the one line of a file, or of a pipe such as `<(pass show signing)`.
  ///
  /// - Throws: `unreadable` or `noPassword`.
  public static func read(fromFile path: String) throws(SigningError) -> SecretBytes {
    var bytes: [UInt8]
    do throws(SmallFile.Failure) {
      // The end of the line may be two bytes.
      bytes = try SmallFile.read(path, limit: sizeLimit + 2, mayWait: true)
    } catch { throw .unreadable(file: path, reason: error.reason) }
    defer { SecretBytes.wipe(&bytes) }
    return try onlyLine(of: bytes, file: path)
  }

  private static func onlyLine(of bytes: [UInt8], file: String) throws(SigningError) -> SecretBytes {
    let lines = TextLines(bytes).lines
    guard lines.count == 1 else { throw .noPassword("\(file) has \(lines.count) lines instead of one") }
    return try checked(lines[0])
  }

  /// Reads a line of standard input, on a terminal behind a prompt and without showing what is typed.
  ///
  /// - Parameter prompt: written to the terminal, such as `Password: `.
  /// - Throws: `noPassword`.
  public static func ask(_ prompt: String) throws(SigningError) -> SecretBytes {
    try ask(prompt, input: STDIN_FILENO, output: STDERR_FILENO)
  }

  static func ask(_ prompt: String, input: Int32, output: Int32) throws(SigningError) -> SecretBytes {
    guard isatty(input) == 1 else { return try line(from: input, endingAt: nil) }
    var terminal = try HiddenInput(input, output: output, prompt: prompt)
    defer { terminal.end() }
    return try line(from: input, endingAt: terminal.interruption)
  }

  /// Reads bytes one by one up to the end of a line, so that what follows is left for others.
  private static func line(from input: Int32, endingAt interruption: UInt8?) throws(SigningError)
    -> SecretBytes
  {
    var bytes: [UInt8] = []
    // At once, so that the array is never copied to a larger one.
    bytes.reserveCapacity(sizeLimit + 3)
    defer { SecretBytes.wipe(&bytes) }
    while true {
      var byte: UInt8 = 0
      let count = Glibc.read(input, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else {
        if count == 0 && !bytes.isEmpty { break }
        throw .noPassword(count == 0 ? "standard input is at its end" : "standard input cannot be read")
      }
      if byte == interruption { throw .noPassword("interrupted") }
      if byte == UInt8(ascii: "\n") { break }
      guard bytes.count <= sizeLimit else { throw .noPassword("it has more than \(sizeLimit) bytes") }
      bytes.append(byte)
    }
    return try checked(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...])
  }

  private static func checked(_ bytes: ArraySlice<UInt8>) throws(SigningError) -> SecretBytes {
    guard !bytes.isEmpty else { throw .noPassword("it is empty") }
    guard bytes.count <= sizeLimit else { throw .noPassword("it has more than \(sizeLimit) bytes") }
    guard !bytes.contains(0) else { throw .noPassword("it has a zero byte") }
    return SecretBytes(bytes)
  }
}
