import Foundation
import TestSupport
import Testing

/// `espalier report` from the command line.
@Suite(.endsWithin(minutes: 5)) struct ReportTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a plan alone gives a page, whole`() throws {
    let output = folder.file("page.html")
    let result = try Program.run("espalier", ["report", try ReferencePlan.path(), "--output", output])
    #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
    let html = try String(contentsOfFile: output, encoding: .utf8)
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
    #expect(html.contains("id=\"glossary\""))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["page.html"])
  }

  @Test func `a set gives pictures and baselines`() throws {
    let source = try String(
      contentsOf: ReferencePlan.scenes.appendingPathComponent("test.jsonl"), encoding: .utf8)
    let lines = source.split(separator: "\n").prefix(3).map {
      $0.replacingOccurrences(of: "\"images/", with: "\"\(ReferencePlan.scenes.path)/images/")
    }
    let set = try folder.write(lines.joined(separator: "\n"), to: "set.jsonl")
    let output = folder.file("page.html")
    let result = try Program.run(
      "espalier",
      [
        "report", try ReferencePlan.path(), "--output", output, "--set", set, "--pictures", "1",
        "--baselines",
        "no_image",
      ])
    #expect(result.status == 0, "\(result.errors)")
    let html = try String(contentsOfFile: output, encoding: .utf8)
    #expect(html.contains("data:image/png;base64,") && html.contains("no_image"))
  }

  @Test func `what cannot be written is one line, before any work`() throws {
    let plan = try ReferencePlan.path()
    for (output, reason) in [
      (folder.file("no/such/page.html"), "No such file"), (folder.path, "folder"), (plan, "itself"),
    ] {
      let result = try Program.run("espalier", ["report", plan, "--output", output, "--set", "gone.jsonl"])
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.contains(output) && result.errors.contains(reason), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
