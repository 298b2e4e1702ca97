import Foundation
import PlanFile
import TestSupport
import Testing

/// Whether a mapped file is still what was mapped.
@Suite(.endsWithin(minutes: 1)) struct MappedFileTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write(Array(repeating: 7, count: 10_000), to: "file")
    // Long ago, so that a change now has another time, however coarse the clock of the file system is.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
  }

  private func mapped() throws -> MappedFile { try MappedFile(path: path, sizeLimit: 1 << 20) }

  @Test func `a file that is left alone, replaced or removed is unchanged`() throws {
    let file = try mapped()
    try file.checkUnchanged()
    let other = try folder.write(Array(repeating: 8, count: 20), to: "other")
    #expect(rename(other, path) == 0)
    try file.checkUnchanged()
    unlink(path)
    try file.checkUnchanged()
    #expect(file.bytes.allSatisfy { $0 == 7 })
  }

  @Test func `a file that is written to is changed, whatever its size`() throws {
    for change in [
      { (file: FileHandle) in try file.write(contentsOf: [8]) }, { try $0.truncate(atOffset: 5000) },
      { try $0.truncate(atOffset: 20_000) },
    ] {
      let file = try mapped()
      let handle = try FileHandle(forUpdating: URL(filePath: path))
      try change(handle)
      try handle.close()
      #expect(throws: PlanError(file: path, reason: "was changed while it was in use")) {
        try file.checkUnchanged()
      }
    }
  }

  @Test func `files that are not in use any more are not open any more`() throws {
    func open() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    let others = try (0..<50).map { _ in try mapped() }
    withExtendedLifetime(others) {}
    let before = try open()
    for _ in 0..<200 { try mapped().checkUnchanged() }
    // Other tests open files at the same time.
    #expect(try open() < before + 100)
  }
}
