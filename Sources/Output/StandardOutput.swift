internal import Glibc

/// Standard output. Results leave the program through this alone, so that none is lost without an error.
///
/// Nothing is buffered: text is with the system when a call returns.
public enum StandardOutput {
  private static let name = "standard output"

  /// Whether people read along.
  public static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Writes text as it is.
  public static func write(_ text: String) throws(OutputError) {
    let error = Array(text.utf8).withUnsafeBytes { Descriptor.write($0, to: STDOUT_FILENO) }
    if error != 0 { throw OutputError(name, Descriptor.reason(error)) }
  }

  /// Writes text and ends the line.
  public static func line(_ text: String) throws(OutputError) { try write(text + "\n") }

  /// Ends the output: some file systems say only now that what was written is lost.
  public static func finish() throws(OutputError) {
    // What a library printed by itself waits in the buffers of the C library.
    guard fflush(nil) == 0 else { throw OutputError(name, Descriptor.reason()) }
    let copy = dup(STDOUT_FILENO)
    if copy >= 0, close(copy) != 0 { throw OutputError(name, Descriptor.reason()) }
  }
}

/// Standard error, for what goes beside the results: errors, warnings, progress.
public enum StandardError {
  /// Whether people read along.
  public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes text as it is; nobody is left to tell when that fails.
  public static func write(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { Descriptor.write($0, to: STDERR_FILENO) }
  }

  /// Writes text as one printable line, whatever is in it.
  public static func line(_ text: String) { write(text.printable() + "\n") }
}
