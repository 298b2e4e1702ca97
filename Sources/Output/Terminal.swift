internal import Glibc

/// The terminal behind standard error.
public enum Terminal {
  /// Characters of a line; 80 where the terminal does not say.
  public static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Shows one line in place of the one that stands there; an empty one clears it.
  public static func redraw(_ line: String) {
    StandardError.write("\r\u{1B}[K" + line.printable(limit: max(1, width - 1)))
  }
}
