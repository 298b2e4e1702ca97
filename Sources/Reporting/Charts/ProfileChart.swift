import Figures

/// A share of each layer with its spread, and the rate that was made of it.
struct ProfileChart {
  var means: [Double]
  var deviations: [Double]
  /// 0 indifferent, 1 moderate, 2 attentive.
  var classes: [Int]
  var rates: [Double]
  /// Where the classes begin.
  var thresholds: [Double]

  func draw(_ size: ChartSize) -> (height: Double, content: [Markup]) {
    let height = 340.0
    let count = means.count
    var plot = Plot(size: size, height: height, y: AxisScale(covering: [0, 1]))
    plot.yIsPercent = true
    let width = (plot.right - plot.left) / Double(max(1, count)) * 0.62
    let bars = means.indices.map { layer -> Markup in
      let x = plot.place(layer, of: count)
      let (low, high) = (max(0, means[layer] - deviations[layer]), min(1, means[layer] + deviations[layer]))
      let cap = min(5, width / 2)
      let whisker =
        "M\((x - cap).coordinate) \(plot.yPlace(high).coordinate)h\((2 * cap).coordinate)"
        + "m\((-cap).coordinate) 0V\(plot.yPlace(low).coordinate)"
        + "m\((-cap).coordinate) 0h\((2 * cap).coordinate)"
      return .group(
        "",
        title: "layer \(layer): \(Figure(means[layer], .share)), standard deviation "
          + "\(Figure(deviations[layer], .share)), rate \(Figure(rates[layer], .share))",
        [
          .rectangle(
            "bar class-\(classes[layer])", x - width / 2, plot.yPlace(means[layer]), width,
            plot.bottom - plot.yPlace(means[layer])),
          .path("spread halo-line", whisker), .path("spread", whisker),
          SeriesStyle(index: 2).mark(x, plot.yPlace(rates[layer]), radius: 5, class: "rate"),
        ])
    }
    let lines = thresholds.map {
      Markup.line("threshold", plot.left, plot.yPlace($0), plot.right, plot.yPlace($0))
    }
    return (
      height,
      plot.yAxis("attention on the picture") + bars + lines
        + plot.places(means.indices.map { "\($0)" }, title: "layer, from the first to the last")
    )
  }
}
