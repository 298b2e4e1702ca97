import Espalier
import Foundation
import TestSupport
import Testing

@testable import Serving

/// Pictures come in requests, or from below one folder; from nowhere else.
@Suite(.endsWithin(minutes: 1)) struct PictureSourceTests {
  private let folder: TemporaryFolder
  private let bytes = TinyPicture.png(seed: 1)
  private var source = PictureSource()

  init() throws {
    folder = try TemporaryFolder()
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.file("media/sub"), withIntermediateDirectories: true)
    for path in ["media/a.png", "media/sub/b c.png", "secret.png"] { _ = try folder.write(bytes, to: path) }
    try manager.createSymbolicLink(
      atPath: folder.file("media/link.png"), withDestinationPath: folder.file("secret.png"))
    try manager.createSymbolicLink(atPath: folder.file("media/out"), withDestinationPath: folder.file(""))
    mkfifo(folder.file("media/pipe.png"), 0o600)
    source.mediaFolder = folder.file("media")
  }

  private func image(_ address: String, number: Int = 0) throws -> Image {
    try source.image(at: address, number: number, field: "f")
  }

  private func error(_ address: String, number: Int = 0) -> RequestError? {
    do {
      _ = try image(address, number: number)
      return nil
    } catch { return error as? RequestError }
  }

  @Test func `a data URL in base64 is a picture`() throws {
    let text = Data(bytes).base64EncodedString()
    for head in ["data:image/png;base64,", "data:;base64,", "data:image/jpeg;charset=x;base64,"] {
      #expect(try image(head + text) == .bytes(bytes, name: "picture 1"))
    }
    #expect(try source.image(base64: text, number: 2, field: "f") == .bytes(bytes, name: "picture 3"))
  }

  @Test(
    arguments: [
      "", "data:", "data:image/png,abc", "data:image/png;base64", "data:image/png;base64,",
      "data:;base64,a$b=",
      "data:;base64,abc", "ftp://x/y.png", "/etc/passwd", "picture.png",
      "data:" + String(repeating: "x", count: 300)
        + ";base64,AAAA",
    ])
  func `what is no picture's address is refused with its field`(address: String) {
    #expect(error(address)?.status == 400 && error(address)?.field == "f")
  }

  @Test(arguments: ["http://127.0.0.1/a.png", "https://example.org/a.png"])
  func `nothing is fetched from the network`(address: String) {
    #expect(error(address)?.code == "unsupported_parameter")
  }

  @Test func `a picture or a number of pictures beyond the limit is refused`() throws {
    var small = source
    small.maxBytes = bytes.count - 1
    let text = "data:;base64," + Data(bytes).base64EncodedString()
    #expect(throws: RequestError.self) { try small.image(at: text, number: 0, field: "f") }
    #expect(throws: RequestError.self) { try small.image(at: "file://a.png", number: 0, field: "f") }
    #expect(error(text, number: source.maxCount)?.status == 400)
  }

  @Test func `files below the folder are read, by their whole path or from the folder on`() throws {
    for address in [
      "file://a.png", "file:///a.png", "file://\(folder.file("media/a.png"))", "file://sub/b%20c.png",
      "file://sub/../a.png",
    ] { #expect(try image(address) == .bytes(bytes, name: "picture 1")) }
  }

  @Test(
    arguments: [
      "file://../secret.png", "file://sub/../../secret.png", "file://%2e%2e/secret.png", "file://link.png",
      "file://out/secret.png", "file://", "file://sub", "file://pipe.png", "file://missing.png",
      "file://a.png%00.jpg",
      "file:///etc/hostname", "file:///proc/self/environ",
    ])
  func `nothing outside it is, links and pipes included`(address: String) {
    #expect(error(address)?.message == "'f' names no picture below the media folder")
  }

  @Test func `without a folder no file is read`() throws {
    let plain = PictureSource()
    #expect(throws: RequestError.self) { try plain.image(at: "file://a.png", number: 0, field: "f") }
  }
}
