import Figures
import Plan

extension Report {
  /// Ways to choose visual tokens that calibration compared.
  var rules: PageSection {
    var section = PageSection(
      "rules", "How tokens are chosen",
      lead: [
        "Which tokens stay decides how much is lost. Calibration tried every rule at several budgets and measured the divergence from the model as it is: smaller is better, and the least of a column is bold. \"Baseline\" marks plain rules, which any method has to beat."
      ])
    guard let search = plan.contents.calibration?.tokenPruning, !search.candidates.isEmpty else {
      section.body = [missingCalibration("The comparison of rules")]
      return section
    }
    section.body = [table(search), .p(chosen(search))]
    return section
  }

  private func table(_ search: CostSearch) -> Markup {
    // The first candidate of a rule has the start weights.
    let rows: [(name: Markup, values: [Double?], words: String)] =
      ImportanceRule.allCases.map { rule in
        (
          "\(rule.rawValue)\(rule.isBaseline ? " (baseline)" : "")",
          search.keepRatios.map { ratio in
            search.candidates.first { $0.settings.rule == rule && $0.settings.keepRatio == ratio }?.divergence
          }, rule.explanation
        )
      } + [
        (
          "chosen: \(search.chosen.rule.rawValue)", chosenValues(search),
          "the choice of calibration, its weights tuned"
        )
      ]
    let least = search.keepRatios.indices.map { column in
      rows.compactMap { $0.values[column] }.filter(\.isFinite).min() ?? .nan
    }
    var table = DataTable(
      "Divergence by rule",
      columns: ["rule"] + search.keepRatios.map { "keep \(Wording.share($0))" } + ["what stays"])
    table.wordColumns = [1 + search.keepRatios.count]
    for (index, row) in rows.enumerated() {
      table.append(
        [.init(row.name)]
          + zip(row.values, least).map { value, least in
            .init(
              value.map { "\(Wording.nats($0))" } ?? "not tried", style: value == least ? "best" : "")
          } + [.init(Markup(text: row.words))], style: index == rows.count - 1 ? "part" : "")
    }
    return table.markup
  }

  private func chosenValues(_ search: CostSearch) -> [Double?] {
    search.keepRatios.map { ratio in
      var settings = search.chosen
      settings.keepRatio = ratio
      return search.candidates.first { $0.settings == settings }?.divergence
    }
  }

  private func chosen(_ search: CostSearch) -> Markup {
    let (chosen, cost) = (search.chosen, search.chosen.cost)
    return
      "Rows are at the start weights, tokens dropped after layer \(search.candidates.first?.settings.layer ?? chosen.layer). Chosen from \(search.candidates.count) candidates: \(Markup.strong("\(chosen.rule.rawValue)")) after layer \(chosen.layer), with weights of the transport cost alpha \(cost.alpha) (features), beta \(cost.beta) (distance), gamma \(cost.gamma) (centre), sigma \(cost.sigma), epsilon \(cost.epsilon). Points may use another layer or rule, found in tuning."
  }
}
