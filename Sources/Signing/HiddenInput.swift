internal import Glibc

/// A terminal that does not show what is typed, until `end()` is called.
///
/// An interruption must not leave it like that, so its character ends the line instead of the process.
struct HiddenInput {
  /// The character of an interruption, which ends a line as well.
  let interruption: UInt8
  private let input: Int32
  private let output: Int32
  private var settings = termios()

  /// Writes the prompt and hides what follows.
  init(_ input: Int32, output: Int32, prompt: String) throws(SigningError) {
    guard tcgetattr(input, &settings) == 0 else { throw .noPassword("the terminal does not answer") }
    (self.input, self.output) = (input, output)
    interruption = withUnsafeBytes(of: settings.c_cc) { $0[Int(VINTR)] }
    var hidden = settings
    hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
    let ending = interruption
    withUnsafeMutableBytes(of: &hidden.c_cc) { $0[Int(VEOL)] = ending }
    guard tcsetattr(input, TCSAFLUSH, &hidden) == 0 else {
      throw .noPassword("the terminal cannot hide what is typed")
    }
    write(prompt)
  }

  /// Shows again what is typed, on a new line.
  mutating func end() {
    tcsetattr(input, TCSAFLUSH, &settings)
    write("\n")
  }

  private func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
