import Foundation

/// What a finished program left behind.
public struct ProgramResult: Sendable {
  /// Exit status, or minus the signal that ended it.
  public var status: Int32
  /// Everything on stdout.
  public var output: String
  /// Everything on stderr.
  public var errors: String
}

/// The project's executables, as built beside the tests.
public enum Program {
  /// Path of an executable.
  public static func path(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name)
      .path
  }

  /// Runs an executable to its end.
  public static func run(_ name: String, _ arguments: [String]) throws -> ProgramResult {
    try shell("exec \"$0\" \"$@\"", [path(name)] + arguments)
  }

  /// Runs a shell script; its words follow as `$0`, `$1`, ...
  public static func shell(_ script: String, _ words: [String]) throws -> ProgramResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script] + words
    let folder = try TemporaryFolder()
    let (output, errors) = (URL(filePath: folder.file("out")), URL(filePath: folder.file("err")))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return ProgramResult(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}
