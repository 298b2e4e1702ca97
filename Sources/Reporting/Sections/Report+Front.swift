import Evaluation
import Figures
import Plan

extension Report {
  /// Quality over time: the points, every baseline, and the front that tuning stored.
  var front: PageSection {
    var section = PageSection(
      "front", "Quality over time: the Pareto front",
      lead: [
        "Each mark is one way to run the model. Further left is faster (the time to the first word of the answer: picture, vision tower, prompt), further up is better. The dashed steps are the Pareto front: for what lies below or to the right of it, something else was measured that is both faster and at least as good."
      ])
    if let evaluation, let dense = evaluation.points.first {
      section.body += measuredFront(evaluation, dense)
    } else {
      section.body.append(missingSet("The front on unseen questions, with baselines beside the points,"))
    }
    section.body += storedFront
    return section
  }

  private func measuredFront(_ evaluation: EvaluationRecord, _ dense: PointScore) -> [Markup] {
    let items = self.items(evaluation, dense)
    let best = Self.nondominated(items)
    let chart = ScatterChart(
      items: items, front: best.map { ($0.x, $0.y) },
      xTitle: "time to the first token, share of dense", yTitle: evaluation.qualityName,
      xScale: AxisScale(covering: items.map(\.x), count: 6, slack: 0.35),
      yScale: AxisScale(covering: items.map(\.y)))
    let names = Wording.list(best.map(\.title).map { String($0.prefix { $0 != ":" }) })
    let caption: Markup =
      "Large filled marks: the plan's points, with 95 % intervals. Small hollow marks: baselines, in the colour and shape of the point whose budget they have; the letters are explained below. On the front: \(names)."
    var parts = [
      Markup.figure(
        "front-all", title: "\(evaluation.qualityName) over the time to the first token",
        description: items.map(\.title).joined(separator: "; "), caption: caption, draw: chart.draw)
    ]
    // Weak baselines squeeze what matters into a corner: the points and their intervals once more.
    let ends = items.filter { !$0.isBaseline }.flatMap { $0.interval + [$0.y] }
    let close = AxisScale(covering: ends)
    if items.contains(where: { $0.y < close.lower }) {
      var zoomed = chart
      zoomed.items = items.filter { $0.y >= close.lower }
      zoomed.front = Self.nondominated(zoomed.items).map { ($0.x, $0.y) }
      zoomed.xScale = AxisScale(covering: zoomed.items.map(\.x), count: 6, slack: 0.35)
      zoomed.yScale = close
      parts.append(
        .figure(
          "front-close", title: "The same, close up",
          description: "The upper part of the chart above, with the points' intervals.",
          caption:
            "The same marks, from \(close.label(close.lower, percent: true)) up: where the intervals of two marks overlap widely, chance may have put one above the other.",
          draw: zoomed.draw))
    }
    return parts + [letters(evaluation)]
  }

  private func items(_ evaluation: EvaluationRecord, _ dense: PointScore) -> [ScatterChart.Item] {
    let unit = dense.median(\.firstTokenSeconds)
    func words(_ name: String, _ x: Double, _ y: Double) -> String {
      "\(name): \(evaluation.qualityName) \(Wording.share(y)), first token \(Wording.share(x)) of dense"
    }
    let points = evaluation.points.map { score -> ScatterChart.Item in
      let (x, y) = (score.median(\.firstTokenSeconds) / unit, score.meanQuality)
      return ScatterChart.Item(
        x: x, y: y, interval: score.qualityInterval, label: score.point.name,
        series: series(score.point.name), title: words(score.point.name, x, y))
    }
    let order = letterOrder(evaluation)
    let baselines = evaluation.baselines.map { score -> ScatterChart.Item in
      let x = Statistics.mean(score.runs.map { $0.median(\.firstTokenSeconds) }) / unit
      let name = score.baseline == .noImage ? "no_image" : "\(score.point) with \(score.baseline.name)"
      return ScatterChart.Item(
        x: x, y: score.accuracy, label: Self.letter(order.firstIndex(of: score.baseline) ?? 0),
        series: series(score.point), isBaseline: true, title: words(name, x, score.accuracy))
    }
    return points + baselines
  }

  func letterOrder(_ evaluation: EvaluationRecord) -> [Baseline] {
    evaluation.baselines.reduce(into: []) { order, score in
      if !order.contains(score.baseline) { order.append(score.baseline) }
    }
  }

  private static func letter(_ index: Int) -> String {
    UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)).description
  }

  /// What the baselines are, with their letters.
  func letters(_ evaluation: EvaluationRecord) -> Markup {
    let order = letterOrder(evaluation)
    if order.isEmpty {
      return .element(
        "p", class: "muted", "No baselines were run: \(Markup.code("--baselines")) asks for them.")
    }
    return .element(
      "ul", [.init("class", "letters")],
      order.enumerated().map { index, baseline in
        .element(
          "li", [],
          [
            "\(Markup.strong("\(Self.letter(index))")) \(Markup.strong("\(baseline.name)")): \(baseline.explanation)"
          ])
      })
  }

  /// Those that nothing faster equals in quality, from the fastest to the slowest.
  static func nondominated(_ items: [ScatterChart.Item]) -> [ScatterChart.Item] {
    var best: [ScatterChart.Item] = []
    for item in items.filter({ $0.x.isFinite && $0.y.isFinite }).sorted(by: { ($0.x, -$0.y) < ($1.x, -$1.y) })
    where item.y > best.last?.y ?? -.infinity { best.append(item) }
    return best
  }

  /// What tuning measured, on its own split.
  private var storedFront: [Markup] {
    let front = plan.contents.front.filter { $0.figures != nil }
    guard !front.isEmpty else {
      return [
        missing(
          "The front that tuning found",
          "The plan stores none: \(Markup.code("espalier tune")) or \(Markup.code("espalier compile")) finds one."
        )
      ]
    }
    let named = plan.contents.points
    let items = front.enumerated().compactMap { index, point -> ScatterChart.Item? in
      guard let figures = point.figures else { return nil }
      let owner = named.first { $0.settings == point.settings }
      let x = figures.firstTokenSeconds / figures.denseFirstTokenSeconds
      let y = figures.accuracy.isNaN ? figures.agreement : figures.accuracy
      let label = owner?.name ?? "\(index + 1)"
      return ScatterChart.Item(
        x: x, y: y, interval: owner == nil || figures.accuracy.isNaN ? [] : figures.accuracyInterval,
        label: label, series: owner.map { series($0.name) } ?? SeriesStyle(index: 0),
        isBaseline: owner == nil,
        title: "\(point.name): \(Wording.share(y)), first token \(Wording.share(x)) of dense")
    }
    let samples = front.first?.figures?.samples ?? 0
    let name = front.contains { $0.figures?.accuracy.isNaN ?? true } ? "agreement with dense" : "accuracy"
    let chart = ScatterChart(
      items: items, xTitle: "time to the first token, share of dense", yTitle: name,
      xScale: AxisScale(covering: items.map(\.x), count: 6, slack: 0.35),
      yScale: AxisScale(covering: items.flatMap { $0.interval + [$0.y] }))
    return [
      .heading(3, "What tuning chose from"),
      .p(
        "Tuning tried many settings on \(samples) other questions, the validation split, and stored the \(front.count) that no other beat in divergence, first token and memory together. The points were picked among them, so their figures here flatter a little; compare marks within this chart only."
      ),
      .figure(
        "front-stored", title: "\(name) over the time to the first token on the validation split",
        description: items.map(\.title).joined(separator: "; "),
        caption:
          "Filled marks with names and 95 % intervals: the plan's points. Numbered hollow marks: the rest of the stored front, listed below.",
        draw: chart.draw),
      .details("All \(front.count) settings of the stored front", stored(front)),
    ]
  }
}
