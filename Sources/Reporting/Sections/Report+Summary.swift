import Evaluation
import Figures
import Inference
import Plan

extension Report {
  /// A verdict for each point, the harm before the gain.
  var summary: PageSection {
    guard let evaluation, let dense = evaluation.points.first else { return storedSummary }
    let others = evaluation.points.dropFirst()
    let unit = evaluation.hasAnswers ? "answers" : "runs"
    let lead: Markup =
      "\(Wording.count(others.count, "setting")) of pruning (\"operating points\") beside the model as it is (\"dense\"), on \(Wording.count(evaluation.samples, "question")) that \(evaluation.mayOverlap ? "the plan may have been made from, which flatters it" : "the plan was not calibrated or tuned on"). A difference in \(unit) counts only where its 95 % interval leaves zero out; otherwise chance alone may have made it."
    guard !others.isEmpty else {
      return PageSection(
        "summary", "In short", lead: [lead],
        body: [
          Markup.caution(
            "The plan has no operating point that prunes: \(Markup.code("espalier tune")) makes some.")
        ])
    }
    return PageSection(
      "summary", "In short", lead: [lead],
      body: [.element("div", [.init("class", "cards")], others.map { card($0, dense, evaluation) })])
  }

  private func card(_ score: PointScore, _ dense: PointScore, _ evaluation: EvaluationRecord) -> Markup {
    let name = score.point.name
    let comparison = score.compared(with: dense)
    var parts = [
      Markup.heading(3, named(name)), .element("p", class: "verdict", "\(Standing(comparison).words) dense"),
      .p(harm(score, dense, comparison, evaluation)),
    ]
    if let second = secondTurn(name, evaluation) { parts.append(.p(second)) }
    if let baselines = besideBaselines(name, evaluation) { parts.append(.p(baselines)) }
    parts.append(.p("What it saves: \(savings(score, dense))"))
    parts.append(.element("p", class: "muted", "It \(score.point.settings.explanation)."))
    return .element("div", [.init("class", "card \(series(name).name)")], parts)
  }

  private func harm(
    _ score: PointScore, _ dense: PointScore, _ comparison: PairedComparison,
    _ evaluation: EvaluationRecord
  ) -> Markup {
    let (own, reference) = (Wording.share(score.meanQuality), Wording.share(dense.meanQuality))
    let whole = "of \(evaluation.samples) questions"
    var words: Markup
    if evaluation.hasAnswers {
      words = "\(score.point.name) answers \(Markup.strong("\(own)")) \(whole) right, dense \(reference)"
    } else {
      words = "\(score.point.name) gives dense's very answer to \(Markup.strong("\(own)")) \(whole)"
    }
    if comparison.wins + comparison.losses == 0 {
      words += ", on the very same questions."
    } else {
      let end = comparison.isClear ? "is more than chance explains" : "cannot be told from chance"
      words += ": the difference (\(Wording.points(comparison))) \(end)."
    }
    if evaluation.hasAnswers, score.agreement == 1 {
      words += " All its answers are dense's."
    } else if evaluation.hasAnswers {
      words += " On \(Wording.share(1 - score.agreement)) of the questions it says something else than dense."
    }
    let losses = zip(score.tasks, dense.tasks).map { own, dense in (own, dense.accuracy) }
    if losses.count > 1, let worst = losses.min(by: { $0.0.accuracy - $0.1 < $1.0.accuracy - $1.1 }),
      worst.0.accuracy < worst.1
    {
      words +=
        " It loses most on \(Markup.quoted(worst.0.task)): \(Wording.share(worst.0.accuracy)) instead of \(Wording.share(worst.1)) of \(worst.0.samples)."
    }
    return words
  }

  private func secondTurn(_ name: String, _ evaluation: EvaluationRecord) -> Markup? {
    guard let dense = evaluation.secondTurns.first, dense.samples > 0,
      let own = evaluation.secondTurns.first(where: { $0.point == name && ($0.policy ?? .keep) == .keep })
    else { return nil }
    let comparison = own.compared(with: dense)
    return
      "On the \(Markup.jump(to: "tasks", "second question of a dialogue")) it \(Standing(comparison).words) dense: \(Wording.share(own.accuracy)) beside \(Wording.share(dense.accuracy)) (\(Wording.points(comparison)))."
  }

  private func besideBaselines(_ name: String, _ evaluation: EvaluationRecord) -> Markup? {
    let scores = evaluation.baselines.filter { $0.point == name }
    if scores.isEmpty { return nil }
    let groups: [Markup] = [Standing.worse, .unclear, .better].compactMap { standing in
      let names = scores.filter { Standing($0.gain) == standing }.map(\.baseline.name)
      return names.isEmpty ? nil : "it \(standing.words) \(Wording.list(names))"
    }
    return
      "Beside \(Markup.jump(to: "baselines", "plain ways to spend as much")): \(groups.joined(separator: "; "))."
  }

  private func savings(_ score: PointScore, _ dense: PointScore) -> Markup {
    let first = score.median(\.firstTokenSeconds) / dense.median(\.firstTokenSeconds)
    let kept = Wording.share(score.mean(\.visualEntryShare))
    let faster = first < 1 ? "" : " (nothing saved)"
    var words: Markup =
      "the first word comes after \(Markup.strong("\(Wording.share(first))")) of dense's time\(faster), \(Wording.seconds(score.median(\.firstTokenSeconds))) instead of \(Wording.seconds(dense.median(\.firstTokenSeconds))) (\(Wording.seconds(score.median(\.pictureSeconds))) to prepare the picture, \(Wording.seconds(score.median(\.visionSeconds))) in the vision tower, \(Wording.seconds(score.median(\.prefillSeconds))) to read the prompt), and \(Markup.strong("\(kept)")) of the visual KV cache stays."
    if score.decodeSecondsPerToken.isFinite, dense.decodeSecondsPerToken.isFinite {
      words +=
        " Each further token of an answer takes \(Wording.seconds(score.decodeSecondsPerToken)) instead of \(Wording.seconds(dense.decodeSecondsPerToken))."
    }
    return words
  }

  /// What the plan itself knows: figures of the split its points were chosen on.
  private var storedSummary: PageSection {
    let points = plan.contents.points.filter { !$0.settings.isDense }
    let hint = missingSet("A verdict on questions that the plan has not seen")
    if points.isEmpty {
      return PageSection(
        "summary", "In short",
        lead: ["This plan has no operating points: it answers as the model it was made from does."],
        body: [hint])
    }
    let cards = points.map { point -> Markup in
      var parts = [Markup.heading(3, named(point.name))]
      if let figures = point.figures { parts.append(.p(stored(point.name, figures))) }
      parts.append(.element("p", class: "muted", "It \(point.settings.explanation)."))
      return .element("div", [.init("class", "card \(series(point.name).name)")], parts)
    }
    return PageSection(
      "summary", "In short",
      lead: [
        "The plan's settings of pruning (\"operating points\") beside the model as it is (\"dense\"), on the questions that they were chosen on. Such figures flatter: whether a point does harm shows on questions that it has not seen."
      ], body: [.element("div", [.init("class", "cards")], cards), hint])
  }

  /// The interval behind an accuracy; one sample has none.
  private func interval(of figures: MeasuredFigures) -> String {
    figures.samples > 1 ? " (95 % interval \(Wording.interval(figures.accuracyInterval)))" : ""
  }

  private func stored(_ name: String, _ figures: MeasuredFigures) -> Markup {
    let quality: Markup =
      figures.accuracy.isNaN
      ? "\(name) gives dense's very answer to \(Wording.share(figures.agreement)) of \(figures.samples) questions"
      : "\(name) answers \(Wording.share(figures.accuracy)) of \(figures.samples) questions right\(interval(of: figures)), dense \(Wording.share(figures.denseAccuracy))"
    return
      "\(quality). The first word comes after \(Wording.share(figures.firstTokenSeconds / figures.denseFirstTokenSeconds)) of dense's time, and \(Wording.share(figures.visualEntryShare)) of the visual KV cache stays."
  }
}
