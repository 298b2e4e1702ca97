import Figures

/// A quantity that grows as one layer after the other is added.
struct StepChart {
  /// Layers in the order in which they are added.
  var layers: [Int]
  /// Quantity after each of them.
  var values: [Double]
  var yTitle: String
  var series: SeriesStyle

  func draw(_ size: ChartSize) -> (height: Double, content: [Markup]) {
    let height = 270.0
    let plot = Plot(size: size, height: height, y: AxisScale(covering: [0] + values, count: 4))
    let count = layers.count
    let width = (plot.right - plot.left) / Double(max(1, count))
    var steps = "M\(plot.left.coordinate) \(plot.yPlace(0).coordinate)"
    for value in values {
      steps += "V\(plot.yPlace(value).coordinate)h\(width.coordinate)"
    }
    let marks = values.indices.map { index in
      Markup.group(
        "", title: "after layer \(layers[index]): \(Figure(values[index], .nats))",
        [series.mark(plot.place(index, of: count), plot.yPlace(values[index]), radius: 3.5)])
    }
    return (
      height,
      plot.yAxis(yTitle)
        + plot.places(layers.map { "\($0)" }, title: "layers, least harmful first")
        + [.group(series.name, [.path("trace", steps)] + marks)]
    )
  }
}
