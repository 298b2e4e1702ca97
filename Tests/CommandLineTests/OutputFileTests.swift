import Foundation
import HDF5
import TestSupport
import Testing

/// Files that verbs write: whole or not at all, never an input, found impossible before the work.
@Suite(.endsWithin(minutes: 5)) struct OutputFileTests {
  private let folder: TemporaryFolder
  private let plan: String
  private let set: String

  init() throws {
    folder = try TemporaryFolder()
    plan = folder.file("plan.h5")
    try FileManager.default.copyItem(atPath: ReferencePlan.path(), toPath: plan)
    set = try Scenes.set("test", 2, in: folder)
  }

  /// The verbs that write a file, without the name of the file.
  private var verbs: [[String]] {
    [
      ["import", ReferencePlan.checkpoint],
      ["compile", ReferencePlan.checkpoint, "--calibration", set, "--validation", set],
      ["calibrate", plan, "--set", set], ["tune", plan, "--set", set],
      ["retime", plan, "--image", Scenes.picture, "--prompt", "What?"],
      ["report", plan, "--set", set],
      ["explain", plan, "--image", Scenes.picture, "--prompt", "What?", "--keep", "0.5"],
      ["trace", plan, "--image", Scenes.picture, "--prompt", "What?"],
    ]
  }

  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? []
  }

  @Test func `where no file can be made is found before the work, in every verb`() throws {
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
    let before = names
    for verb in verbs {
      for (output, reason) in [
        (folder.file("no/such/file"), "No such file"), (folder.file("folder"), "is a folder"),
        ("/sys/file", "/sys"), (set + "/file", "Not a directory"), (folder.file("new/"), "no name of a file"),
      ] {
        let result = try Program.run("espalier", verb + ["--output", output])
        #expect(result.isOneError, "\(verb): \(result.errors)")
        #expect(result.errors.hasPrefix("Error: \(output): cannot be written: "), "\(result.errors)")
        #expect(result.errors.contains(reason), "\(result.errors)")
      }
    }
    #expect(names == before)
  }

  @Test func `an input is never an output, whatever its name`() throws {
    try FileManager.default.copyItem(atPath: Scenes.picture, toPath: folder.file("picture.jpg"))
    let picture = folder.file("picture.jpg")
    let own = try folder.write(
      #"{"image": "picture.jpg", "prompt": "What?", "answer": "1"}"#, to: "own.jsonl")
    let model = folder.file("model")
    try FileManager.default.copyItem(atPath: ReferencePlan.checkpoint, toPath: model)
    let template = try folder.write("{{ messages }}", to: "own.jinja")
    let question = ["--image", picture, "--prompt", "What?"]
    let cases: [(verb: [String], inputs: [String])] = [
      (["import", model, "--chat-template", template], [model + "/model.safetensors", template]),
      (
        ["compile", model, "--calibration", own, "--validation", set],
        [model + "/tokenizer.json", own, set, picture]
      ),
      (["calibrate", plan, "--set", own], [own, picture]), (["tune", plan, "--set", own], [own, picture]),
      (["retime", plan] + question, [picture]), (["report", plan, "--set", own], [plan, own, picture]),
      (["explain", plan, "--keep", "0.5"] + question, [plan, picture]),
      (["trace", plan] + question, [plan, picture]),
    ]
    for (verb, inputs) in cases {
      for input in inputs {
        let link = folder.file("link-\(UUID().uuidString)")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: input)
        let before = try Data(contentsOf: URL(filePath: input))
        for output in [input, link] {
          let result = try Program.run("espalier", verb + ["--output", output])
          #expect(result.isOneError && result.errors.hasSuffix("itself\n"), "\(verb): \(result.errors)")
        }
        #expect(try Data(contentsOf: URL(filePath: input)) == before)
      }
    }
  }

  @Test func `a device stays a device, a pipe gets the bytes, a link stays a link`() throws {
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let piped = try Program.shell(
      "cat \"$1\" & exec \"$0\" report \"$2\" --output \"$1\"", [Program.path("espalier"), pipe, plan])
    #expect(piped.status == 0 && piped.output.hasSuffix("</html>\n"), "\(piped.errors)")
    var status = stat()
    #expect(stat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)

    let device = try Program.run("espalier", ["report", plan, "--output", "/dev/null"])
    #expect(device.status == 0 && stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    let full = try Program.run("espalier", ["report", plan, "--output", "/dev/full"])
    #expect(full.isOneError && full.errors.contains("No space left"), "\(full.errors)")

    let link = folder.file("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/stdout")
    let linked = try Program.run("espalier", ["report", plan, "--output", link])
    #expect(linked.status == 0 && linked.output.hasSuffix("</html>\n"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/stdout")

    try folder.write("old", to: "target.h5")
    try FileManager.default.createSymbolicLink(atPath: folder.file("to"), withDestinationPath: "target.h5")
    let imported = try Program.run(
      "espalier", ["import", ReferencePlan.checkpoint, "--output", folder.file("to")])
    #expect(imported.status == 0, "\(imported.errors)")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("to")) == "target.h5")
    #expect(try Program.run("espalier", ["verify", folder.file("target.h5")]).status == 0)
  }

  @Test func `a plan may have a name of 250 bytes`() throws {
    let name = String(repeating: "n", count: 250)
    let result = try Program.run("espalier", ["import", ReferencePlan.checkpoint, "-o", folder.file(name)])
    #expect(result.status == 0 && names.contains(name), "\(result.errors)")
    #expect(!names.contains { $0.hasPrefix(".") })
  }

  @Test(arguments: [1, 8, 64, 512, 1024]) func `a trace that finds no room is an error and leaves no file`(
    blocks: Int
  ) throws {
    // A limit of the size of files is what a full disk looks like to a program.
    let result = try Program.shell(
      "trap '' XFSZ; ulimit -f \(blocks); exec \"$0\" \"$@\"",
      [
        Program.path("espalier"), "trace", plan, "--image", Scenes.picture, "--prompt", "What?", "--output",
        folder.file("trace.h5"), "--hidden-states",
      ])
    #expect(result.isOneError && result.errors.contains("trace.h5"), "\(result.status) \(result.errors)")
    #expect(!names.contains("trace.h5") && !names.contains { $0.hasPrefix(".") })
  }

  @Test func `a trace is whole when the program ends`() throws {
    let output = folder.file("trace.h5")
    let result = try Program.run(
      "espalier", ["trace", plan, "--image", Scenes.picture, "--prompt", "What?", "--output", output])
    #expect(result.status == 0, "\(result.errors)")
    let logits: [Float] = try File.open(output).root().dataset("logits").read()
    #expect(!logits.isEmpty && logits.allSatisfy(\.isFinite) && logits.contains { $0 != 0 })
  }
}
