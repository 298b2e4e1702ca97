import Dispatch
import Foundation
import Output
import TestSupport
import Testing

/// A destination is one run's at a time.
@Suite(.endsWithin(minutes: 1)) struct OutputLockTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("out") }

  init() throws { folder = try TemporaryFolder() }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }

  @Test func `a second run is refused until the first is over, and nothing is left`() throws {
    let lock = try OutputLock(for: path)
    #expect(throws: OutputError(path, "another run is at work on it")) { try OutputLock(for: path) }
    let other = try OutputLock(for: folder.file("other"))
    other.release()
    lock.release()
    try OutputLock(for: path).release()
    #expect(names.isEmpty)
  }

  @Test func `a link and what it names are one destination`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "out")
    let lock = try OutputLock(for: path)
    #expect(throws: OutputError.self) { try OutputLock(for: folder.file("link")) }
    lock.release()
  }

  @Test func `what a killed run leaves is taken by the next`() throws {
    let lock = try OutputLock(for: path)
    let file = try #require(names.first)
    lock.release()
    try folder.write("", to: file)
    try OutputLock(for: path).release()
    #expect(names.isEmpty)
  }

  @Test func `what is no file needs no lock`() throws {
    let locks = try (0..<2).map { _ in try OutputLock(for: "/dev/null") }
    withExtendedLifetime(locks) {}
    #expect(!FileManager.default.fileExists(atPath: "/dev/.espalier-lock"))
  }

  @Test func `of many at once one has it at a time`() {
    let path = path
    let inside = Locked(0)
    let had = Locked(0)
    // Not as tasks, which would wait until no test waits for a program.
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<200 {
        guard let lock = try? OutputLock(for: path) else { continue }
        inside.withLock { $0 += 1 }
        had.withLock { $0 += 1 }
        inside.withLock { #expect($0 == 1) }
        inside.withLock { $0 -= 1 }
        lock.release()
      }
    }
    #expect(had.withLock { $0 } > 0 && names.isEmpty)
  }
}
