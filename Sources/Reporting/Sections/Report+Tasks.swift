import Evaluation
import Figures
import Inference
import Plan

extension Report {
  /// Quality by kind of question, and second questions.
  var tasks: PageSection {
    var section = PageSection(
      "tasks", "Which questions suffer: accuracy by task",
      lead: [
        "Pruning does not hurt all questions alike. One row a kind of question; behind each accuracy the difference to dense in percent points, \"=\" where there is none. Small numbers of questions make large swings."
      ])
    guard let evaluation, let dense = evaluation.points.first else {
      section.body = [missingSet("Accuracy by task")]
      return section
    }
    section.body =
      dense.tasks.isEmpty
      ? [missing("Accuracy by task", "The set has no right answers.")] : taskTables(evaluation, dense)
    section.body += secondTurns(evaluation)
    return section
  }

  private func taskTables(_ evaluation: EvaluationRecord, _ dense: PointScore) -> [Markup] {
    let points = evaluation.points
    var table = DataTable(
      "Accuracy by task", columns: ["task", "questions"] + points.map { named($0.point.name) })
    for (index, task) in dense.tasks.enumerated() {
      table.append(
        [.init(.quoted(task.task)), "\(task.samples)"]
          + points.map { cell($0.tasks[index].accuracy, task.accuracy, isDense: $0.point.settings.isDense) })
    }
    let hard = HardQuestions(evaluation.scores)
    if let hard {
      table.append(
        ["hard questions", "\(hard.indices.count)"]
          + points.map {
            cell(hard.quality(of: $0), hard.quality(of: dense), isDense: $0.point.settings.isDense)
          }, style: "part")
    }
    table.append(
      ["all", "\(evaluation.samples)"]
        + points.map { cell($0.accuracy, dense.accuracy, isDense: $0.point.settings.isDense) }, style: "part")
    var parts = [table.markup]
    if let hard {
      parts.append(
        .element(
          "p", class: "muted",
          "Hard questions are those that \(hard.source), a picture with less detail, gets wrong: they need what is small."
        ))
    }
    if !evaluation.baselines.isEmpty {
      parts.append(.details("The same for every baseline", baselineTasks(evaluation, dense)))
    }
    return parts
  }

  private func cell(_ value: Double, _ dense: Double, isDense: Bool) -> DataTable.Cell {
    if isDense || !value.isFinite { return "\(Wording.share(value))" }
    let change = value == dense ? "=" : Wording.signed(value - dense)
    return "\(Wording.share(value)) (\(change))"
  }

  private func baselineTasks(_ evaluation: EvaluationRecord, _ dense: PointScore) -> Markup {
    var table = DataTable(
      "Accuracy of the baselines by task", columns: ["run"] + dense.tasks.map { .quoted($0.task) })
    for score in evaluation.baselines {
      table.append(
        [.init("\(series(score.point).glyph)\(score.point), \(score.baseline.name)")]
          + dense.tasks.indices.map { index in
            "\(Wording.share(Statistics.mean(score.runs.map { $0.tasks[index].accuracy })))"
          })
    }
    return table.markup
  }

  private func secondTurns(_ evaluation: EvaluationRecord) -> [Markup] {
    let heading = Markup.heading(3, "The second question of a dialogue")
    guard let dense = evaluation.secondTurns.first, dense.samples > 0 else {
      return [
        heading,
        .p("Not measured: the set has no two neighbours about the same picture, or they were not asked for."),
      ]
    }
    var table = DataTable(
      "Second questions",
      columns: [
        "point", "freed entries", "asked second", "asked first", "beside dense, points", "95\u{A0}% interval",
        "beside dense it is",
      ])
    table.wordColumns = [1, 6]
    for score in evaluation.secondTurns {
      guard let alone = evaluation.points.first(where: { $0.point.name == score.point }) else { continue }
      let comparison = score.compared(with: dense)
      let isDense = alone.point.settings.isDense
      table.append([
        .init(named(score.point)), .init(score.policy?.words ?? ""), "\(Wording.share(score.accuracy))",
        "\(Wording.share(score.accuracyAlone(alone)))",
        isDense ? "" : "\(Wording.signed(comparison.difference))",
        isDense ? "" : "\(Wording.range(comparison))",
        isDense ? "" : .init(Standing(comparison).verdict),
      ])
    }
    return [
      heading,
      .p(
        "What a point has dropped of the picture is gone for the second question too. Cache entries that were freed for the first one can be kept aside until the dialogue ends (the default), read again, or given up. \(Wording.count(dense.samples, "dialogue")) of two questions about one picture, every point given dense's own answer to the first."
      ), table.markup,
    ]
  }
}

extension DialoguePolicy {
  /// What becomes of freed entries, for a table.
  fileprivate var words: Markup {
    switch self {
    case .keep: "kept aside"
    case .reencode: "read again"
    case .accept: "given up"
    }
  }
}
