import Evaluation
import Figures
import Plan
import PlanFile

/// A plan, and where there is one its evaluation, as one page for people who know neither.
///
/// The same plan and the same evaluation give the same bytes.
public struct Report {
  let plan: PlanFacts
  let evaluation: EvaluationRecord?
  /// The command line that makes the report again.
  let command: String

  /// A report on a plan. Without an evaluation it shows what the plan itself holds, and says how to get the rest.
  public init(_ plan: PlanFacts, evaluation: EvaluationRecord? = nil, command: String) {
    self.plan = plan
    self.evaluation = evaluation
    self.command = command
  }

  /// The page.
  public var html: String {
    Page(title: "Pruning report: \(plan.name)", header: header, sections: sections, footer: footer).html
  }

  private var sections: [PageSection] {
    [
      summary, figures, front, baselines, tasks, patches, places, rankings, retention, heads, rules,
      provenance, glossary,
    ]
  }

  private var header: Markup {
    let model = plan.contents.model
    var tokens = ""
    if model.tokensPerTile > 0 {
      var whole = "each tile of a picture"
      if case .single = plan.contents.image.tiling { whole = "a picture" }
      tokens = ", which turns \(whole) into \(model.tokensPerTile) visual tokens"
    }
    return Markup.heading(1, "Pruning report: \(Markup.quoted(plan.name))")
      + .p(
        "This file holds a vision-language model of the family \(Markup.quoted(model.family)): it looks at pictures and answers questions about them. It has a vision tower of \(model.vision.layers) layers\(tokens), and a text decoder of \(model.text.layers) layers that reads picture and question and writes the answer. Pruning leaves out part of the decoder's work on pictures. This page shows how much is left out, what that saves, and what it costs in right answers."
      )
      + .p(
        "Words such as prefill, visual token or divergence are explained in the \(Markup.jump(to: "glossary", "glossary"))."
      )
  }

  private var footer: Markup {
    .p("Made by espalier from \(Markup.quoted(plan.name)); the page is complete in itself and loads nothing.")
  }
}

extension Report {
  /// Names of the points, dense first.
  var pointNames: [String] {
    if let evaluation { return evaluation.points.map(\.point.name) }
    let names = plan.contents.points.map(\.name).filter { $0 != OperatingPoint.dense.name }
    return [OperatingPoint.dense.name] + names
  }

  /// How a point is drawn, everywhere.
  func series(_ name: String) -> SeriesStyle { SeriesStyle(index: pointNames.firstIndex(of: name) ?? 5) }

  /// A point's name behind its mark.
  func named(_ name: String) -> Markup {
    .element("span", class: "named", series(name).glyph, Markup(text: name))
  }

  /// Says why a part is not there, and how to get it.
  func missing(_ what: String, _ reason: Markup) -> Markup {
    .element("p", class: "missing", "\(what) is not in this report. \(reason)")
  }

  /// What to do where a set is needed.
  func missingSet(_ what: String) -> Markup {
    missing(
      what,
      "It takes questions and pictures to measure: run \(Markup.code("espalier report \(plan.path) --set SET.jsonl --output report.html")) with a set that the plan was not calibrated or tuned on."
    )
  }

  /// What to do where a calibration is needed.
  func missingCalibration(_ what: String) -> Markup {
    missing(
      what,
      "The plan has no calibration, or this part of it is empty: \(Markup.code("espalier calibrate")) or \(Markup.code("espalier compile")) makes one."
    )
  }
}
