import Foundation
import TestSupport
import Testing

/// Pictures from pipes and cameras: what is read once, names that are no UTF-8, folders that are watched.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 5)) struct PictureSourceTests {
  private let folder: TemporaryFolder
  private let run: String
  private let plan: String

  init() throws {
    folder = try TemporaryFolder()
    run = Program.path("espalier-run")
    plan = try ReferencePlan.path()
  }

  /// Runs a script in which RUN asks the plan, PICTURE is a picture and FOLDER is empty.
  private func shell(_ script: String) throws -> ProgramResult {
    try Program.shell(
      """
      cd "$2"; PICTURE=$3
      RUN="$0 $1 --max-tokens 12"
      \(script)
      """, [run, plan, folder.path, Scenes.picture])
  }

  private static let question = "--prompt 'What digit is blue?'"

  @Test func `a picture from a pipe is answered as the file is`() throws {
    let file = try shell("$RUN --image $PICTURE \(Self.question)")
    #expect(file.status == 0 && !file.output.isEmpty, "\(file.errors)")
    for script in [
      "$RUN \(Self.question) --image - < $PICTURE", "$RUN \(Self.question) --image <(cat $PICTURE)",
      "mkfifo fifo; cat $PICTURE > fifo & $RUN \(Self.question) --image fifo",
    ] {
      let result = try shell(script)
      #expect(result.status == 0 && result.output == file.output, "\(script): \(result.errors)")
    }
  }

  @Test func `a pipe is read once for all prompts of a dialogue`() throws {
    let result = try shell("cat $PICTURE | $RUN --image - \(Self.question) --prompt 'What digit is green?'")
    #expect(result.status == 0 && result.output.split(separator: "\n").count == 2, "\(result.errors)")
  }

  @Test func `what a pipe has that is no picture is said of the pipe`() throws {
    let words = try shell("echo words | $RUN --image - \(Self.question)")
    #expect(
      words.isOneError && words.errors.contains("standard input: expected a JPEG, PNG"), "\(words.errors)")
    let nothing = try shell("$RUN --image - \(Self.question) < /dev/null")
    #expect(nothing.isOneError && nothing.errors.contains("standard input"), "\(nothing.errors)")
    let endless = try shell("yes | $RUN --image - --max-pixels-decoded 100 \(Self.question)")
    #expect(endless.isOneError && endless.errors.contains("67108864"), "\(endless.errors)")
  }

  @Test func `names that are no UTF-8 are found, and shown by their bytes`() throws {
    let result = try shell(
      """
      PLAN=$(printf 'pl\\xe9n.h5'); IMAGE=$(printf 'caf\\xe9.jpg'); cp "$1" "$PLAN"; cp "$PICTURE" "$IMAGE"
      "$0" "$PLAN" --image "$IMAGE" \(Self.question) && "$0" "$PLAN" --image "no$IMAGE" \(Self.question)
      """)
    #expect(result.status == 1 && !result.output.isEmpty)
    #expect(result.errors == "Error: nocaf\\xE9.jpg: cannot be read: No such file or directory\n")
  }

  @Test func `pictures beyond the limit are decoded where the command line allows it`() throws {
    let refused = try shell("$RUN --image $PICTURE --max-pixels-decoded 50175 \(Self.question)")
    #expect(refused.isOneError && refused.errors.contains("limit of 50175 pixels"), "\(refused.errors)")
    #expect(try shell("$RUN --image $PICTURE --max-pixels-decoded 50176 \(Self.question)").status == 0)
    for count in ["0", "-1", "many", "9999999999999999999"] {
      let result = try shell("$RUN --image $PICTURE --max-pixels-decoded=\(count) \(Self.question)")
      #expect(result.status == 64 && result.errors.contains("max-pixels-decoded"), "\(result.errors)")
    }
  }

  @Test func `each new picture of a watched folder is a line, whatever it is`() throws {
    let result = try shell(
      """
      mkdir in; cp $PICTURE in/old.jpg
      $RUN --watch in \(Self.question) > lines 2> errors & P=$!
      until grep -q watching errors; do sleep 0.05; done
      cp $PICTURE in/.new; mv in/.new in/a.jpg; echo words > "in/$(printf 'b\\xff.txt')"; mkdir in/c; cp $PICTURE in/d.jpg
      until [ "$(wc -l < lines)" = 3 ]; do kill -0 $P || exit 3; sleep 0.05; done
      rm -r in; wait $P; echo $?; cat lines; cat errors >&2
      """)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 4 && lines.first == "1", "\(result.output)\(result.errors)")
    let objects = lines.dropFirst().compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    #expect(objects.map { $0["image"] as? String } == ["in/a.jpg", "in/b\\xFF.txt", "in/d.jpg"])
    #expect(objects.map { $0["finish_reason"] == nil } == [false, true, false])
    #expect((objects.dropFirst().first?["error"] as? String)?.contains("expected a JPEG, PNG") == true)
    #expect(result.errors == "watching in\nError: in: is gone\n")
  }

  @Test(arguments: [
    "--watch . --image x", "--watch . --chat", "--watch . --prompt again", "--image - --image -",
    "--image - --chat", "--verbose",
  ])
  func `what asks one stream or folder twice is refused`(options: String) throws {
    let result = try shell("$RUN \(Self.question) \(options)")
    #expect(result.status == 64 && result.output.isEmpty, "\(result.errors)")
  }

  @Test func `a folder that cannot be watched is an error`() throws {
    for name in ["none", "file"] {
      let result = try shell("touch file; $RUN --watch \(name) \(Self.question)")
      #expect(result.isOneError && result.errors.contains("\(name): cannot be watched"), "\(result.errors)")
    }
  }
}
