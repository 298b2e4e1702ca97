import Foundation
import Synchronization

/// Writes drawn answers for `check_schemas.py` where GRAMMARS_DUMP names a file.
enum AnswerLog {
  private static let file = Mutex<FileHandle?>(
    ProcessInfo.processInfo.environment["GRAMMARS_DUMP"].flatMap { path in
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      return FileHandle(forWritingAtPath: path)
    })

  static func add(schema: String, output: [UInt8]) {
    file.withLock { file in
      guard let file, let text = String(validating: output, as: UTF8.self),
        let quoted = try? JSONEncoder().encode(text)
      else { return }
      file.write(Data("{\"schema\":\(schema),\"output\":".utf8) + quoted + Data("}\n".utf8))
    }
  }
}
