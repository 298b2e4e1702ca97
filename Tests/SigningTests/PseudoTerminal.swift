import Foundation

/// A terminal with a test in front of it.
final class PseudoTerminal: Sendable {
  /// The side that a program reads from and writes to.
  let terminal: Int32
  /// The side of the keyboard and the screen.
  private let person: Int32

  struct Failure: Error {}

  init() throws {
    person = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    // Linux's TIOCSPTLCK and TIOCGPTN: unlock the other side, and tell its number.
    var (locked, number) = (Int32(0), UInt32(0))
    guard person >= 0, ioctl(person, 0x4004_5431, &locked) == 0, ioctl(person, 0x8004_5430, &number) == 0
    else {
      throw Failure()
    }
    terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    guard terminal >= 0 else { throw Failure() }
  }

  deinit {
    close(terminal)
    close(person)
  }

  /// Whether what is typed is shown.
  var echoes: Bool {
    var settings = termios()
    return tcgetattr(terminal, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
  }

  /// Types an answer as soon as the program shows something, and returns what it showed in all.
  func answering<Result>(_ answer: String, _ program: () throws -> Result) throws -> (
    result: Result, shown: String
  ) {
    let typing = Thread { [person] in
      // A prompt; what is typed before would be dropped.
      var event = pollfd(fd: person, events: Int16(POLLIN), revents: 0)
      poll(&event, 1, 10_000)
      let bytes = Array(answer.utf8)
      _ = write(person, bytes, bytes.count)
    }
    typing.start()
    let result = try program()
    return (result, try shownLine())
  }

  /// What was shown up to the end of a line; it may come in pieces.
  private func shownLine() throws -> String {
    var shown: [UInt8] = []
    while shown.last != UInt8(ascii: "\n") {
      var event = pollfd(fd: person, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      guard poll(&event, 1, 10_000) == 1, read(person, &byte, 1) == 1 else { throw Failure() }
      shown.append(byte)
    }
    return String(decoding: shown, as: UTF8.self)
  }
}
