import Foundation
import TestSupport
import Testing

/// `espalier-run --picture-cache`: a folder that makes later runs faster, and changes nothing else.
@Suite(.endsWithin(minutes: 5)) struct PictureCacheTests {
  private let folder: TemporaryFolder
  private var kept: String { folder.file("kept") }

  init() throws { folder = try TemporaryFolder() }

  private func run(_ more: [String], prompt: String = "What digit is blue?") throws -> ProgramResult {
    try Program.run(
      "espalier-run",
      [try ReferencePlan.path(), "--image", Scenes.picture, "--prompt", prompt, "--max-tokens", "3"] + more)
  }

  /// Seconds of the tower and the number of known pictures of each line.
  private func figures(_ result: ProgramResult) throws -> [(vision: Double, known: Int, text: String)] {
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let lines =
      result.output.contains("\n{") ? result.output.split(separator: "\n") : [Substring(result.output)]
    return try lines.map { line in
      let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let seconds = json?["seconds"] as? [String: Any]
      let counts = json?["counts"] as? [String: Any]
      return (
        try #require(seconds?["vision"] as? Double), try #require(counts?["pictures_known"] as? Int),
        try #require(json?["text"] as? String)
      )
    }
  }

  private var entries: [String] { (try? FileManager.default.contentsOfDirectory(atPath: kept)) ?? [] }

  @Test func `the next run about a picture runs no tower and says the same`() throws {
    let alone = try figures(run(["--json"]))[0]
    let first = try figures(run(["--json", "--picture-cache", kept]))[0]
    #expect(alone.vision > 0 && alone.known == 0 && first.vision > 0 && first.known == 0)
    #expect(entries.count == 1)
    let next = try figures(run(["--json", "--picture-cache", kept], prompt: "What digit is green?"))[0]
    #expect(next.vision == 0 && next.known == 1)
    let again = try figures(run(["--json", "--picture-cache", kept]))[0]
    #expect(again.vision == 0 && again.text == alone.text && first.text == alone.text)
    #expect(entries.count == 1)
  }

  @Test func `a picture that comes back in a dialogue is known without a folder`() throws {
    // The file shows another picture for the second line and the first one again for the third.
    let (one, two) = (Scenes.picture, ReferencePlan.scenes.appending(path: "images/test-004.jpg").path)
    let result = try Program.shell(
      """
      cp "$3" "$2/a.jpg"
      { echo 'What digit is blue?'; sleep 2; cp "$4" "$2/a.jpg"; echo 'What digit is blue?'; sleep 2
        cp "$3" "$2/a.jpg"; echo 'What digit is blue?'; } |
        "$0" "$1" --image "$2/a.jpg" --chat --max-tokens 2 --json
      """,
      [Program.path("espalier-run"), try ReferencePlan.path(), folder.path, one, two])
    #expect(try figures(result).map(\.known) == [0, 0, 1])
  }

  @Test func `damaged files and links are ignored and replaced, foreign ones stay`() throws {
    let expected = try figures(run(["--json", "--picture-cache", kept]))[0].text
    let entry = "\(kept)/\(try #require(entries.first))"
    let whole = try Data(contentsOf: URL(filePath: entry))
    let secret = try folder.write("secret", to: "secret")
    try Data("mine".utf8).write(to: URL(filePath: "\(kept)/mine"))
    for (index, damaged) in [Data(), whole.dropLast(), whole + [0], Data(whole.map { ~$0 })].enumerated() {
      try damaged.write(to: URL(filePath: entry))
      let result = try figures(run(["--json", "--picture-cache", kept]))[0]
      #expect(result.known == 0 && result.text == expected, "\(index)")
      #expect(try Data(contentsOf: URL(filePath: entry)) == whole)
    }
    try FileManager.default.removeItem(atPath: entry)
    try FileManager.default.createSymbolicLink(atPath: entry, withDestinationPath: secret)
    #expect(try figures(run(["--json", "--picture-cache", kept]))[0].known == 0)
    #expect(try String(contentsOfFile: secret, encoding: .utf8) == "secret")
    #expect(try Data(contentsOf: URL(filePath: entry)) == whole)
    #expect(Set(entries).contains("mine") && entries.count == 2)
  }

  @Test func `the folder has no more bytes than it may`() throws {
    _ = try run(["--picture-cache", kept, "--picture-cache-size", "1KB"])
    #expect(entries.isEmpty)
    for number in 0...3 {
      let picture = ReferencePlan.scenes.appending(path: "images/calibration-00\(number).jpg").path
      let result = try Program.run(
        "espalier-run",
        [
          try ReferencePlan.path(), "--image", picture, "--prompt", "x", "--max-tokens", "1",
          "--picture-cache=\(kept)", "--picture-cache-size=500KB",
        ])
      #expect(result.status == 0, "\(result.errors)")
    }
    let sizes = try entries.map {
      try FileManager.default.attributesOfItem(atPath: "\(kept)/\($0)")[.size] as? Int ?? .max
    }
    #expect(sizes.count == 2 && sizes.reduce(0, +) <= 500_000, "\(sizes)")
  }

  @Test func `a place that cannot be written is one line before the work`() throws {
    let file = try folder.write("x", to: "file")
    // Not even the plan is looked at.
    for path in [file, folder.file("no/folder"), "/proc/self", "/sys/kernel", "\u{1B}[2J\n/x"] {
      let result = try Program.run(
        "espalier-run", ["none.h5", "--prompt", "x", "--picture-cache", path])
      #expect(result.isOneError && result.errors.contains("cannot keep pictures: "), "\(result.errors)")
    }
  }

  @Test func `a full disk is no error of the answer`() throws {
    let alone = try run([])
    let limited = try Program.shell(
      "ulimit -f 8; exec \"$0\" \"$@\"",
      [
        Program.path("espalier-run"), try ReferencePlan.path(), "--image", Scenes.picture, "--prompt",
        "What digit is blue?", "--max-tokens", "3", "--picture-cache", kept,
      ])
    #expect(
      limited.status == 0 && limited.output == alone.output && limited.errors.isEmpty, "\(limited.errors)")
    #expect(entries.isEmpty)
  }

  @Test func `runs at once share a folder`() throws {
    let result = try Program.shell(
      """
      for i in 1 2 3 4; do
        "$0" "$@" --picture-cache "\(kept)" --picture-cache-size 300KB > "\(kept).$i" & pids="$pids $!"
      done
      for pid in $pids; do wait $pid || exit 1; done
      for i in 1 2 3 4; do cat "\(kept).$i"; done
      """,
      [
        Program.path("espalier-run"), try ReferencePlan.path(), "--image", Scenes.picture, "--prompt",
        "What digit is blue?", "--max-tokens", "3",
      ])
    let alone = try run([])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(result.output == String(repeating: alone.output, count: 4) && entries.count == 1)
  }

  @Test(arguments: [
    (["--picture-cache-size", "1GiB"], "which is missing"),
    (["--picture-cache=x", "--picture-cache-size", "large"], "is invalid for '--picture-cache-size'"),
    (["--picture-cache"], "Missing value"),
  ])
  func `options that make no sense are usage errors`(options: [String], words: String) throws {
    let result = try Program.run("espalier-run", ["none.h5", "--prompt", "x"] + options)
    #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
  }
}
