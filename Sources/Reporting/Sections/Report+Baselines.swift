import Evaluation
import Figures
import Plan

extension Report {
  /// Each point beside plain ways to spend its budget.
  var baselines: PageSection {
    var section = PageSection(
      "baselines", "Is the method worth it? Points beside baselines",
      lead: [
        "A baseline spends the budget of a point in a plainer way: it keeps as many visual tokens, but chosen by chance, evenly, or by a simple number. A point that cannot be told from such a baseline owes its quality to the budget, not to the method. \"Gain\" is the point's quality minus the baseline's on the same questions, in percent points."
      ])
    guard let evaluation else {
      section.body = [missingSet("The comparison with baselines")]
      return section
    }
    guard !evaluation.baselines.isEmpty else {
      section.body = [
        missing("The comparison", "None were run: \(Markup.code("--baselines")) names them.")
      ]
      return section
    }
    for name in pointNames {
      let scores = evaluation.baselines.filter { $0.point == name }
      if let table = table(name, scores, evaluation) { section.body.append(table) }
    }
    section.body.append(letters(evaluation))
    return section
  }

  private func table(
    _ name: String, _ scores: [BaselineScore], _ evaluation: EvaluationRecord
  ) -> Markup? {
    guard !scores.isEmpty, let own = evaluation.points.first(where: { $0.point.name == name }) else {
      return nil
    }
    var table = DataTable(
      "\(name) beside baselines",
      columns: [
        "run", Markup(text: evaluation.qualityName), "gain of \(name), points", "95\u{A0}% interval",
        "\(name) is", "divergence", "first token, of dense",
      ])
    table.wordColumns = [4]
    let unit = evaluation.points[0].median(\.firstTokenSeconds)
    table.append([
      .init(named(name)), "\(Wording.share(own.meanQuality))", "", "", "", "\(Wording.nats(own.divergence))",
      "\(Wording.share(own.median(\.firstTokenSeconds) / unit))",
    ])
    for score in scores.sorted(by: { $0.gain.difference < $1.gain.difference }) {
      let seeds = score.runs.count > 1 ? " (\(score.runs.count) draws)" : ""
      table.append([
        "\(score.baseline.name)\(seeds)", "\(Wording.share(score.accuracy))",
        "\(Wording.signed(score.gain.difference))", "\(Wording.range(score.gain))",
        .init(Standing(score.gain).verdict),
        "\(Wording.nats(score.divergence))",
        "\(Wording.share(Statistics.mean(score.runs.map { $0.median(\.firstTokenSeconds) }) / unit))",
      ])
    }
    return .heading(3, named(name)) + table.markup
  }
}
