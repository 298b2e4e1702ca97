import Compute
import Foundation
import Glibc
@testable import Inference
import Models
import TestSupport
import Testing

/// The folder of kept pictures: what is read, replaced and removed, and what is not touched.
@Suite(.endsWithin(minutes: 2)) struct PictureFolderTests {
  private let place: TemporaryFolder
  private let limits = PictureLimits(width: 8, vocabulary: 10, visual: 16, tokens: 64)

  init() throws { place = try TemporaryFolder() }

  private func picture(_ seed: UInt64) -> ImageTokens {
    ImageTokens(grid: PatchGrid(rows: 4, columns: 4), randomMatrix(16, 8, seed: seed))
  }

  private func key(_ number: UInt8) -> PictureKey {
    PictureKey(digest: Array(repeating: number, count: 32))
  }

  private func file(_ number: UInt8) -> String { place.file(EntryName.entry(key(number))) }

  /// Bytes of one file.
  private var size: Int { PictureFile.bytes(of: picture(1), for: key(1)).count }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? [] }

  private func age(_ path: String, by seconds: Int) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -Double(seconds))], ofItemAtPath: path)
  }

  private func elements(_ picture: ImageTokens?) -> [Float]? { picture?.features.first?.elements }

  @Test func `what was saved is there for the next process, and nothing else is`() throws {
    let path = place.file("new")
    try PictureFolder(path, limit: 1 << 20).save(picture(1), for: key(1))
    let folder = try PictureFolder(path, limit: 1 << 20)
    #expect(elements(folder.tokens(for: key(1), within: limits)) == elements(picture(1)))
    #expect(folder.tokens(for: key(2), within: limits) == nil)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o700)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 1)
  }

  @Test func `a damaged file is replaced`() throws {
    let folder = try PictureFolder(place.path, limit: 1 << 20)
    for damaged in [
      [], [1, 2, 3], Array(repeating: UInt8(7), count: size), [UInt8](repeating: 0, count: 3 << 20),
    ] {
      try place.write(damaged, to: EntryName.entry(key(1)))
      #expect(folder.tokens(for: key(1), within: limits) == nil)
      folder.save(picture(1), for: key(1))
      #expect(elements(folder.tokens(for: key(1), within: limits)) == elements(picture(1)))
      #expect(names.count == 1)
    }
  }

  @Test func `links are not followed, and pipes and folders are nothing`() throws {
    let folder = try PictureFolder(place.path, limit: 1 << 20)
    let outside = try TemporaryFolder()
    let target = try outside.write(PictureFile.bytes(of: picture(1), for: key(1)), to: "target")
    try FileManager.default.createSymbolicLink(atPath: file(1), withDestinationPath: target)
    #expect(folder.tokens(for: key(1), within: limits) == nil)
    folder.save(picture(2), for: key(1))
    #expect(elements(folder.tokens(for: key(1), within: limits)) == elements(picture(2)))
    #expect(
      try Data(contentsOf: URL(filePath: target)).elementsEqual(
        PictureFile.bytes(of: picture(1), for: key(1))))
    #expect(mkfifo(file(2), 0o600) == 0)
    #expect(folder.tokens(for: key(2), within: limits) == nil)
    try FileManager.default.createDirectory(atPath: file(3), withIntermediateDirectories: false)
    try Data().write(to: URL(filePath: file(3) + "/inside"))
    #expect(folder.tokens(for: key(3), within: limits) == nil)
    folder.save(picture(3), for: key(3))
    #expect(FileManager.default.fileExists(atPath: file(3) + "/inside"))
    #expect(!names.contains { $0.hasPrefix(".") })
  }

  @Test func `the bound holds, and what was not used for the longest time goes first`() throws {
    let folder = try PictureFolder(place.path, limit: 3 * size + size / 2)
    for number: UInt8 in 1...3 {
      folder.save(picture(UInt64(number)), for: key(number))
      try age(file(number), by: 100 - Int(number))
    }
    // The first is used, the second becomes the oldest.
    #expect(folder.tokens(for: key(1), within: limits) != nil)
    folder.save(picture(4), for: key(4))
    #expect(Set(names) == Set([1, 3, 4].map { EntryName.entry(key($0)) }))
    // A time far ahead is from before the clock was lost.
    try age(file(4), by: -1_000_000)
    folder.save(picture(5), for: key(5))
    #expect(Set(names) == Set([1, 3, 5].map { EntryName.entry(key($0)) }))
    // What is larger than the bound is not kept, and costs the others nothing.
    let small = try PictureFolder(place.path, limit: size - 1)
    small.save(picture(6), for: key(6))
    #expect(names.count == 3)
    _ = consume small
    // A smaller bound than last time removes what is too much.
    try PictureFolder(place.path, limit: size).save(picture(7), for: key(7))
    #expect(names == [EntryName.entry(key(7))])
  }

  @Test func `files of others are never touched, whatever the bound`() throws {
    let digits = String(repeating: "a", count: 64)
    let foreign = [
      "notes.txt", "photo.espalier-picture", "\(digits).espalier-picture.bak", "\(digits)b.espalier-picture",
      "\(digits.uppercased()).espalier-picture", ".espalier-picture-", ".espalier-picture-0123456789abcdeg",
      digits,
    ]
    for name in foreign {
      try place.write(Array(repeating: 1, count: 4 * size), to: name)
      try age(place.file(name), by: 1_000_000)
    }
    let folder = try PictureFolder(place.path, limit: size)
    for number: UInt8 in 1...3 { folder.save(picture(1), for: key(number)) }
    #expect(Set(names) == Set(foreign + [EntryName.entry(key(3))]))
    for name in foreign {
      #expect(try Data(contentsOf: URL(filePath: place.file(name))).count == 4 * size)
    }
  }

  @Test func `what somebody died over goes after an hour`() throws {
    let (old, young) = (".espalier-picture-00000000000000aa", ".espalier-picture-00000000000000bb")
    for name in [old, young] { try place.write([1], to: name) }
    try age(place.file(old), by: 4000)
    try PictureFolder(place.path, limit: 1 << 20).save(picture(1), for: key(1))
    #expect(Set(names) == [young, EntryName.entry(key(1))])
  }

  @Test func `a place where nothing can be kept is an error of one line`() throws {
    let file = try place.write([1], to: "file")
    for (path, reason) in [
      (file, "Not a directory"), (place.file("no/folder"), "No such file or directory"),
      ("", "No such file or directory"), ("/proc/self", "No such file or directory"),
    ] {
      #expect(throws: InferenceError(path, "cannot keep pictures: \(reason)")) {
        try PictureFolder(path, limit: 1 << 20)
      }
    }
  }

  @Test(.enabled(if: geteuid() != 0)) func `so is a folder that only others may write to`() throws {
    chmod(place.path, 0o500)
    defer { chmod(place.path, 0o700) }
    #expect(throws: InferenceError(place.path, "cannot keep pictures: Permission denied")) {
      try PictureFolder(place.path, limit: 1 << 20)
    }
  }

  @Test func `a folder that goes away meanwhile is no error`() throws {
    let folder = try PictureFolder(place.file("gone"), limit: 1 << 20)
    try place.remove("gone")
    folder.save(picture(1), for: key(1))
    #expect(folder.tokens(for: key(1), within: limits) == nil && names.isEmpty)
  }

  @Test func `many at once read whole files or none, within the bound`() throws {
    let (path, size, limits) = (place.path, size, limits)
    let expected = (0..<6).map { elements(picture($0)) }
    let wrong = Locked(0)
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      guard let folder = try? PictureFolder(path, limit: 4 * size) else { return }
      for round in 0..<40 {
        let number = (index * 3 + round) % 6
        let key = PictureKey(digest: Array(repeating: UInt8(number), count: 32))
        if let tokens = folder.tokens(for: key, within: limits) {
          if tokens.features[0].elements != expected[number] { wrong.withLock { $0 += 1 } }
        } else {
          let features = randomMatrix(16, 8, seed: UInt64(number))
          folder.save(ImageTokens(grid: PatchGrid(rows: 4, columns: 4), features), for: key)
        }
      }
    }
    #expect(wrong.withLock { $0 } == 0)
    #expect(!names.isEmpty && names.count <= 4 && names.allSatisfy(EntryName.isEntry))
  }
}
