import Foundation
import TestSupport
import Testing

@testable import Signing

/// Passwords come from a file, from standard input, or from a terminal that does not show them.
@Suite(.endsWithin(minutes: 1)) struct PasswordTests {
  private func text(_ password: SecretBytes) -> String {
    password.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `a file has one line`() throws {
    let folder = try TemporaryFolder()
    for content in ["pass word", "pass word\n", "pass word\r\n"] {
      #expect(try text(Password.read(fromFile: folder.write(content, to: "a"))) == "pass word")
    }
    for content in ["", "\n", "a\nb\n", "a\n\n", "a\0b\n"] {
      let path = try folder.write(content, to: "a")
      #expect(throws: SigningError.self) { try Password.read(fromFile: path) }
    }
    let longest = String(repeating: "a", count: Password.sizeLimit)
    #expect(try text(Password.read(fromFile: folder.write(longest + "\r\n", to: "a"))) == longest)
    let longer = try folder.write(longest + "a", to: "a")
    #expect(throws: SigningError.noPassword("it has more than 1022 bytes")) {
      try Password.read(fromFile: longer)
    }
    #expect(throws: SigningError.unreadable(file: folder.file("b"), reason: "No such file or directory")) {
      try Password.read(fromFile: folder.file("b"))
    }
  }

  @Test func `a pipe gives its first line, and keeps the rest`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("first\nsecond".utf8))
    try pipe.fileHandleForWriting.close()
    let input = pipe.fileHandleForReading.fileDescriptor
    #expect(try text(Password.ask("?", input: input, output: -1)) == "first")
    #expect(try text(Password.ask("?", input: input, output: -1)) == "second")
    #expect(throws: SigningError.noPassword("standard input is at its end")) {
      try Password.ask("?", input: input, output: -1)
    }
  }

  @Test func `a terminal shows the prompt, and not the password`() throws {
    let terminal = try PseudoTerminal()
    let asked = try terminal.answering("hidden\n") {
      try text(Password.ask("Password: ", input: terminal.terminal, output: terminal.terminal))
    }
    #expect(asked.result == "hidden")
    #expect(asked.shown == "Password: \r\n")
    #expect(terminal.echoes)
  }

  @Test func `an interruption ends the question and leaves the terminal as it was`() throws {
    let terminal = try PseudoTerminal()
    #expect(throws: SigningError.noPassword("interrupted")) {
      try terminal.answering("hid\u{3}") {
        try Password.ask("Password: ", input: terminal.terminal, output: terminal.terminal)
      }
    }
    #expect(terminal.echoes)
  }
}
