import Evaluation
import Foundation
import Inference
import Plan
import Testing
import TestSupport

@testable import Reporting

/// The page as a whole.
@Suite(.endsWithin(minutes: 1)) struct ReportTests {
  static let sections = [
    "summary", "figures", "front", "baselines", "tasks", "patches", "places", "rankings", "retention",
    "heads",
    "rules", "provenance", "glossary",
  ]

  @Test func `a plan without calibration and points says so`() throws {
    let html = Report(PlanFacts(path: "bare.h5", contents: TinyContext.contents), command: "espalier report")
      .html
    let page = try check(html)
    for words in [
      "no operating points", "The plan has no calibration", "--set SET.jsonl", "calibration", "espalier tune",
    ] { #expect(page.text.contains(words), "\(words)") }
  }

  @Test func `a calibrated plan shows rankings, profile, heads, rules and its front`() throws {
    let html = Report(PlanFacts(path: "tiny.h5", contents: Self.contents), command: "espalier report").html
    let page = try check(html)
    #expect(!page.text.contains("The plan has no calibration"))
    for id in ["ranking-ffn", "ranking-attention", "profile", "front-stored"] {
      #expect(page.values("id").contains(id), "\(id)")
    }
    #expect(page.text.contains("Where the figures") && page.text.contains("bold"))
  }

  @Test func `parts of a calibration that do not fit each other are left out, strange numbers are drawn`()
    throws
  {
    var contents = Self.contents
    contents.calibration?.cacheRetention?.retention = []
    contents.calibration?.layerReduction?.attention = []
    let heads = contents.model.text.layers * contents.model.text.keyValueHeads
    contents.calibration?.cacheRetention?.visionAttentionByHead = (0..<heads).map { $0 % 2 == 0 ? 1e300 : -1 }
    contents.front[0].figures?.accuracy = .nan
    contents.front[0].figures?.prefillSeconds = 1e300
    _ = try check(Report(PlanFacts(path: "odd.h5", contents: contents), command: "espalier report").html)
  }

  @Test func `an evaluation gives every section its figures, the same bytes each time`() throws {
    let folder = try TemporaryFolder()
    let record = try Self.record(in: folder)
    func html() -> String {
      Report(PlanFacts(path: "a<b>.h5", contents: Self.contents), evaluation: record, command: "espalier <x>")
        .html
    }
    let page = try check(html())
    #expect(html() == html())
    #expect(!page.values("class").contains("missing"))
    for id in ["front-all", "picture-0-0"] { #expect(page.values("id").contains(id), "\(id)") }
    let drawings = page.elements.filter { $0.name == "svg" }.compactMap { $0.attributes["aria-labelledby"] }
    #expect(drawings.count { $0.hasPrefix("patches-") } == 2 * 2)
    #expect(page.text.contains("stride") && page.text.contains("<img src=x>"), "prompts are text")
    #expect(!page.elements.contains { $0.name == "img" || $0.name == "script" })
  }

  @Test func `pictures are drawn once and shown again`() throws {
    let folder = try TemporaryFolder()
    let record = try Self.record(in: folder)
    let page = try check(
      Report(PlanFacts(path: "tiny.h5", contents: Self.contents), evaluation: record, command: "x").html)
    let images = page.elements.filter { $0.name == "image" }
    #expect(
      images.count == 2
        && images.allSatisfy { $0.attributes["href"]?.hasPrefix("data:image/png;base64,") ?? false })
    #expect(page.elements.count { $0.name == "use" } == 2)
  }

  @Test func `places are averages over the set`() throws {
    let folder = try TemporaryFolder()
    let places = try #require(try Self.record(in: folder).patches.places)
    #expect(places.samples == 3 && places.total == 3 && places.grids.count == 1)
    let half = try #require(places.points.last)
    let grid = places.grids[0]
    let mean = Statistics.mean(grid.tokens.map { half.kept[$0] })
    #expect(abs(mean - 0.5) < 0.1 && half.kept.allSatisfy { (0...1).contains($0) })
    #expect(places.points[0].kept.allSatisfy { $0 == 1 } && places.points[0].cached.allSatisfy { $0 == 1 })
  }

  /// What holds for every page; returns it parsed.
  private func check(_ html: String) throws -> ParsedPage {
    #expect(html.hasPrefix("<!DOCTYPE html>"))
    let page = try ParsedPage(html)
    let ids = page.values("id")
    #expect(Set(ids).count == ids.count, "ids are unique")
    let named = page.values("aria-labelledby").flatMap { $0.split(separator: " ").map(String.init) }
    let links = page.values("href") + page.values("src")
    for link in links { #expect(link.hasPrefix("#") || link.hasPrefix("data:image/png;base64,"), "\(link)") }
    for id in named + links.filter({ $0.hasPrefix("#") }).map({ String($0.dropFirst()) }) {
      #expect(ids.contains(id), "\(id)")
    }
    for id in Self.sections { #expect(ids.contains(id), "\(id)") }
    // Nothing from elsewhere, in no attribute and no style.
    #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("@import"))
    let styles = html.components(separatedBy: "url(").dropFirst()
    for style in styles { #expect(style.hasPrefix("#"), "\(style.prefix(20))") }
    #expect(page.elements.contains { $0.attributes["http-equiv"] == "Content-Security-Policy" })
    #expect(page.elements.first?.attributes["lang"] == "en")
    #expect(page.elements.count { $0.name == "h1" } == 1 && page.elements.count { $0.name == "main" } == 1)
    for drawing in page.elements where drawing.name == "svg" {
      #expect(drawing.attributes["role"] == "img" || drawing.attributes["aria-hidden"] == "true")
    }
    for table in page.elements where table.attributes["class"] == "scroll" {
      #expect(table.attributes["tabindex"] == "0" && table.attributes["aria-label"] != nil)
    }
    var rank = 1
    for element in page.elements {
      guard let level = ["h1": 1, "h2": 2, "h3": 3, "h4": 4][element.name] else { continue }
      #expect(level <= rank + 1, "headings leave out no rank")
      rank = level
    }
    #expect(!page.text.contains("nan") && !page.text.contains("inf "))
    return page
  }
}
