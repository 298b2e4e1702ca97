import Foundation
import SubsetChecks

/// Reads mutants through libhdf5: a line for each, its number and the fingerprint of its contents or `refused`.
enum LibraryWorker {
  /// Seconds that libhdf5 may take for a file before the process is ended.
  private static let patience: UInt32 = 20

  static func run(_ list: String, _ mutants: inout Mutants) throws {
    let files = mutants.paths.map { fopen($0, "r+b") }
    for line in try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n") {
      guard let number = Int(line) else { continue }
      let place = mutants.original(of: number)
      let path = mutants.paths[place]
      alarm(patience)
      mutants.withMutant(number) { surgery in
        let changes = surgery.changes
        for (offset, byte) in changes { write(byte, offset, files[place]) }
        fflush(files[place])
        do {
          let objects = try LibraryWalk.objects(
            in: path, size: surgery.bytes.count, ignoring: Mutants.ignored)
          say("\(number) \(fingerprint(objects))")
        } catch { say("\(number) refused: \(error)") }
        var original = surgery
        original.undo()
        for (offset, _) in changes { write(original.bytes[offset], offset, files[place]) }
        fflush(files[place])
      }
    }
  }

  /// At once: the next file may end the process.
  private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

  private static func write(_ byte: UInt8, _ offset: Int, _ file: UnsafeMutablePointer<FILE>?) {
    guard let file else { return }
    fseek(file, offset, SEEK_SET)
    fputc(Int32(byte), file)
  }
}
