import Evaluation
import Figures
import PlanFormat

extension Report {
  /// All figures of the points.
  var figures: PageSection {
    if let evaluation, let dense = evaluation.points.first {
      return PageSection(
        "figures", "The points in figures",
        lead: [
          "One row a point, measured on the same \(evaluation.samples) questions. \"Beside dense\" is the difference in percent points. Divergence says how far the probabilities of the next word have moved from dense's: 0 is no change. Everything from \"visual KV\" on is better when it is smaller."
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
        "One row a point, as stored in the plan: measured on the validation questions, among which the points were chosen."
      ], body: [stored(points)])
  }

  private func measured(
    _ scores: [PointScore], _ dense: PointScore, _ evaluation: EvaluationRecord
  ) -> Markup {
    var table = DataTable(
      "Figures of the points",
      columns: [
        "point", Markup(text: evaluation.qualityName), "95 % interval", "beside dense (95 % interval)",
        "divergence", "same answer as dense", "visual tokens kept", "visual KV", "KV cache", "decoder FLOPs",
        "prefill", "of dense", "choosing, part of prefill", "decode, a token",
      ])
    for score in scores {
      let comparison = score.compared(with: dense)
      let isDense = score.point.settings.isDense
      table.append([
        .init(named(score.point.name)), "\(Wording.share(score.meanQuality))",
        "\(Wording.interval(score.qualityInterval))",
        isDense ? "" : "\(Wording.signed(comparison.difference)) (\(Wording.range(comparison)))",
        "\(Wording.nats(score.divergence))", "\(Wording.share(score.agreement))",
        "\(Figure(score.mean(\.visualKept), .count))", "\(Wording.share(score.mean(\.visualEntryShare)))",
        "\(Figure(score.mean(\.kvBytes), .bytes))",
        "\(Wording.share(score.mean(\.decoderFLOPs) / dense.mean(\.decoderFLOPs)))",
        "\(Wording.seconds(score.median(\.prefillSeconds)))",
        "\(Wording.share(score.median(\.prefillSeconds) / dense.median(\.prefillSeconds)))",
        "\(Wording.seconds(score.median(\.selectionSeconds)))",
        "\(Wording.seconds(score.decodeSecondsPerToken))",
      ])
    }
    return table.markup
  }

  /// Points with the figures that the plan has of them.
  func stored(_ points: [OperatingPoint]) -> Markup {
    var table = DataTable(
      "Stored figures",
      columns: [
        "point", "accuracy", "95 % interval", "divergence", "same answer as dense", "visual KV", "KV cache",
        "decoder FLOPs", "prefill", "of dense", "decode, a token", "settings",
      ])
    table.wordColumns = [11]
    for point in points {
      let name = pointNames.contains(point.name) ? named(point.name) : Markup(text: point.name)
      guard let figures = point.figures else {
        table.append(
          [.init(name), "not measured"] + Array(repeating: "", count: 9) + ["\(point.settings.summary)"])
        continue
      }
      table.append([
        .init(name), "\(Wording.share(figures.accuracy))", "\(Wording.interval(figures.accuracyInterval))",
        "\(Wording.nats(figures.divergence))", "\(Wording.share(figures.agreement))",
        "\(Wording.share(figures.visualEntryShare))", "\(Figure(figures.kvBytes, .bytes))",
        "\(Wording.share(figures.decoderFLOPs / figures.denseDecoderFLOPs))",
        "\(Wording.seconds(figures.prefillSeconds))",
        "\(Wording.share(figures.prefillSeconds / figures.densePrefillSeconds))",
        "\(Wording.seconds(figures.decodeSecondsPerToken))", "\(point.settings.summary)",
      ])
    }
    return table.markup
  }
}
