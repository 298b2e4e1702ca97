import Evaluation
import Figures
import Plan

extension Report {
  /// All figures of the points.
  var figures: PageSection {
    if let evaluation, let dense = evaluation.points.first {
      return PageSection(
        "figures", "The points in figures",
        lead: [
          "One column a point, measured on the same \(evaluation.samples) questions. Above the line: how good the answers are. Divergence says how far the probabilities of the next word have moved from dense's; 0 is no change. Below the line: what it takes; less is better."
        ], body: [measured(evaluation.points, dense, evaluation)])
    }
    let points = plan.contents.points
    guard !points.isEmpty else {
      return PageSection(
        "figures", "The points in figures", lead: ["Each point's quality, time and memory."],
        body: [
          missing(
            "This table",
            "The plan has no operating points: \(Markup.code("espalier tune")) or \(Markup.code("espalier compile")) finds and measures some."
          )
        ])
    }
    return PageSection(
      "figures", "The points in figures",
      lead: [
        "One column a point, as stored in the plan: measured on the validation questions, on which the points were chosen."
      ], body: [stored(inColumns: points)])
  }

  /// A line of the table: a figure, and what it is for each point.
  private typealias Line = (title: Markup, value: (PointScore) -> String)

  private func measured(
    _ scores: [PointScore], _ dense: PointScore, _ evaluation: EvaluationRecord
  ) -> Markup {
    func beside(_ score: PointScore, _ words: (PairedComparison) -> String) -> String {
      score.point.settings.isDense ? "" : words(score.compared(with: dense))
    }
    let time = dense.median(\.firstTokenSeconds)
    let quality: [Line] = [
      (Markup(text: evaluation.qualityName), { Wording.share($0.meanQuality) }),
      ("95\u{A0}% interval", { $0.hasInterval ? Wording.interval($0.qualityInterval) : "-" }),
      ("beside dense, points", { beside($0) { Wording.signed($0.difference) } }),
      ("95\u{A0}% interval of that", { beside($0, Wording.range) }),
      ("same answer as dense", { Wording.share($0.agreement) }),
      ("divergence, nats", { Wording.nats($0.divergence) }),
      ("divergence, long answers", { Wording.nats($0.longAnswerDivergence) }),
    ]
    let costs: [Line] = [
      ("visual tokens kept", { Wording.words($0.mean(\.visualKept), .count) }),
      ("visual KV cache kept", { Wording.share($0.mean(\.visualEntryShare)) }),
      ("KV cache, words included", { Wording.words($0.mean(\.kvBytes), .bytes) }),
      (
        "decoder FLOPs, of dense",
        { Wording.share($0.mean(\.decoderFLOPs) / dense.mean(\.decoderFLOPs)) }
      ),
      ("first token, of dense", { Wording.share($0.median(\.firstTokenSeconds) / time) }),
      ("first token", { Wording.seconds($0.median(\.firstTokenSeconds)) }),
      ("picture", { Wording.seconds($0.median(\.pictureSeconds)) }),
      ("vision tower", { Wording.seconds($0.median(\.visionSeconds)) }),
      ("prefill", { Wording.seconds($0.median(\.prefillSeconds)) }),
      ("of that, choosing tokens", { Wording.seconds($0.median(\.selectionSeconds)) }),
      ("decode, a token", { Wording.seconds($0.decodeSecondsPerToken) }),
    ]
    var table = DataTable("Figures of the points", columns: ["figure"] + scores.map { named($0.point.name) })
    for (index, line) in (quality + costs).enumerated() {
      table.append(
        [.init(line.title)] + scores.map { .init(Markup(text: line.value($0))) },
        style: index == quality.count ? "part" : "")
    }
    return table.markup
  }

  private func stored(inColumns points: [OperatingPoint]) -> Markup {
    let lines: [(title: Markup, value: (MeasuredFigures) -> String)] = [
      ("accuracy", { Wording.share($0.accuracy) }),
      ("95\u{A0}% interval", { $0.samples > 1 ? Wording.interval($0.accuracyInterval) : "-" }),
      ("same answer as dense", { Wording.share($0.agreement) }),
      ("divergence, nats", { Wording.nats($0.divergence) }),
      ("visual KV cache kept", { Wording.share($0.visualEntryShare) }),
      ("KV cache, words included", { Wording.words($0.kvBytes, .bytes) }),
      ("decoder FLOPs, of dense", { Wording.share($0.decoderFLOPs / $0.denseDecoderFLOPs) }),
      ("first token, of dense", { Wording.share($0.firstTokenSeconds / $0.denseFirstTokenSeconds) }),
      ("picture and vision tower", { Wording.seconds($0.imageSeconds) }),
      ("prefill", { Wording.seconds($0.prefillSeconds) }),
      ("decode, a token", { Wording.seconds($0.decodeSecondsPerToken) }),
    ]
    var table = DataTable("Figures of the points", columns: ["figure"] + points.map { named($0.name) })
    for line in lines {
      table.append(
        [.init(line.title)]
          + points.map { .init(Markup(text: $0.figures.map(line.value) ?? "not measured")) })
    }
    return table.markup
  }

  /// Settings with the figures that the plan has of them, a row each.
  func stored(_ points: [OperatingPoint]) -> Markup {
    var table = DataTable(
      "Stored figures",
      columns: [
        "number", "accuracy", "divergence", "same answer", "visual KV", "FLOPs", "first token", "settings",
      ])
    table.wordColumns = [7]
    for (index, point) in points.enumerated() {
      let figures = point.figures ?? MeasuredFigures()
      table.append([
        "\(index + 1)", "\(Wording.share(figures.accuracy))", "\(Wording.nats(figures.divergence))",
        "\(Wording.share(figures.agreement))", "\(Wording.share(figures.visualEntryShare))",
        "\(Wording.share(figures.decoderFLOPs / figures.denseDecoderFLOPs))",
        "\(Wording.share(figures.firstTokenSeconds / figures.denseFirstTokenSeconds))",
        "\(point.settings.summary)",
      ])
    }
    return table.markup
  }
}
