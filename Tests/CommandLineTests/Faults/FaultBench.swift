import Foundation
import HDF5
import Plan
import PlanFile
import TestSupport

/// A tiny tuned model and all verbs to run on it: what tests of faults make fail.
struct FaultBench: Sendable {
  /// A verb with the words of a run.
  struct Verb: Sendable, CustomStringConvertible {
    let name: String
    let words: [String]
    /// What its output is, where it writes one.
    var output: Output?
    /// Whether it keeps states to go on from.
    var resumes = false

    var program: String { name == "run" ? "espalier-run" : "espalier" }
    var description: String { name }
  }

  enum Output { case plan, signature, trace, page, picture }

  /// Holds the model until the process ends.
  private nonisolated(unsafe) static var shared: TemporaryFolder?
  private static let made = Result { try make() }

  let verbs: [Verb]
  /// The tuned plan.
  let plan: String

  init() throws { self = try Self.made.get() }

  func verb(_ name: String) throws -> Verb {
    guard let verb = verbs.first(where: { $0.name == name }) else { throw CocoaError(.featureUnsupported) }
    return verb
  }

  private init(folder: TemporaryFolder) throws {
    let golden = try FamilyGolden("llava/clip-llama")
    let checkpoint = try golden.checkpoint(in: folder)
    let calibration = try Self.set("calibration", ["square", "wide"], golden, folder)
    let validation = try Self.set("validation", ["tall", "tiny"], golden, folder)
    let question = ["--image", golden.picture("square.png"), "--prompt", "What?"]
    plan = folder.file("tuned.h5")
    let small = ["--limit", "2", "--ranking-limit", "1"]
    let compile =
      ["compile", checkpoint, "--calibration", calibration, "--validation", validation, "--trials", "5"]
      + small
    let measured = ["--set", validation, "--allow-overlap", "--baselines", "none", "--max-tokens", "4"]
    verbs = [
      Verb(name: "import", words: ["import", checkpoint], output: .plan),
      Verb(name: "compile", words: compile, output: .plan, resumes: true),
      Verb(
        name: "calibrate", words: ["calibrate", plan, "--set", calibration] + small, output: .plan,
        resumes: true),
      Verb(
        name: "tune", words: ["tune", plan, "--set", validation, "--trials", "5"], output: .plan,
        resumes: true),
      Verb(
        name: "retime", words: ["retime", plan, "--repetitions", "2"] + question, output: .plan,
        resumes: true),
      Verb(name: "evaluate", words: ["evaluate", plan] + measured),
      Verb(name: "report", words: ["report", plan] + measured, output: .page),
      Verb(name: "trace", words: ["trace", plan] + question, output: .trace),
      Verb(
        name: "explain", words: ["explain", plan, "--keep", "0.5", "--max-tokens", "4"] + question,
        output: .picture),
      Verb(name: "verify", words: ["verify", plan]),
      Verb(name: "sign", words: ["sign", plan, "--key", Self.key], output: .signature),
      Verb(name: "run", words: [plan, "--max-tokens", "4"] + question),
    ].map { verb in
      Verb(
        name: verb.name,
        words: verb.words + (["import", "verify", "sign"].contains(verb.name) ? [] : ["--threads", "1"]),
        output: verb.output, resumes: verb.resumes)
    }
  }

  /// A key of minisign's that needs no password.
  private static let key = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Golden/signatures/minisign/plain.key").path

  private static func make() throws -> FaultBench {
    let folder = try TemporaryFolder()
    shared = folder
    atexit { FaultBench.shared = nil }
    let bench = try FaultBench(folder: folder)
    let compiled = try Program.run("espalier", bench.verb("compile").words + ["--output", bench.plan])
    guard compiled.status == 0 else { throw CocoaError(.executableLoad, userInfo: ["": compiled.errors]) }
    return bench
  }

  /// Sets share no picture: those of one end in a byte of their own.
  private static func set(
    _ name: String, _ pictures: [String], _ golden: FamilyGolden, _ folder: TemporaryFolder
  ) throws -> String {
    let lines = try pictures.map { picture in
      let bytes = try Data(contentsOf: URL(filePath: golden.picture("\(picture).png")))
      let path = try folder.write(Array(bytes + Data(name.utf8)), to: "\(name)-\(picture).png")
      return #"{"id": "\#(picture)", "image": "\#(path)", "prompt": "What?", "answer": "It."}"#
    }
    return try folder.write(lines.joined(separator: "\n"), to: "\(name).jsonl")
  }
}

/// A folder in which one output is written again and again.
struct FaultPlace {
  static let old = "the old file"
  let folder: TemporaryFolder
  var output: String { folder.file("out") }

  init() throws {
    folder = try TemporaryFolder()
    try restore()
  }

  /// Puts the old output back.
  func restore() throws { try folder.write(Self.old, to: "out") }

  /// Words of a verb for the output here.
  func words(_ verb: FaultBench.Verb, _ more: [String] = []) -> [String] {
    verb.words + (verb.output == nil ? [] : ["--output", output]) + more
  }

  /// Whether the output is what it was.
  var isOld: Bool { (try? Data(contentsOf: URL(filePath: output))) == Data(Self.old.utf8) }

  /// Whether the output is a whole new one.
  func isWhole(_ kind: FaultBench.Output) -> Bool {
    switch kind {
    case .plan: return (try? Plan(contentsOf: output, verifying: .everything)) != nil
    case .signature:
      return (try? String(contentsOfFile: output, encoding: .utf8))?.count { $0 == "\n" } == 4
    case .trace:
      let logits: [Float]? = try? File.open(output).root().dataset("logits").read()
      return logits?.allSatisfy(\.isFinite) ?? false
    case .page: return (try? String(contentsOfFile: output, encoding: .utf8))?.hasSuffix("</html>\n") ?? false
    case .picture:
      guard let bytes = try? Data(contentsOf: URL(filePath: output)) else { return false }
      return bytes.starts(with: [0x89, 0x50]) && bytes.suffix(8).starts(with: Array("IEND".utf8))
    }
  }

  /// Whether nothing was lost.
  func isIntact(_ verb: FaultBench.Verb) -> Bool { isOld || (verb.output.map(isWhole) ?? true) }

  /// Whatever lies beside the output.
  var leftovers: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0 != "out" }
      .sorted()
  }
}
