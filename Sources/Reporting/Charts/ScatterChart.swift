/// Points of two measured values with labels that do not cover each other.
struct ScatterChart {
  var items: [Item]
  /// Places of the line through those that nothing else beats, from left to right.
  var front: [(x: Double, y: Double)] = []
  var xTitle: String
  var yTitle: String
  var xScale: AxisScale
  var yScale: AxisScale
  var yIsPercent = true

  /// One mark.
  struct Item {
    var x: Double
    var y: Double
    /// Ends of the whisker, where there is one.
    var interval: [Double] = []
    var label: String
    var series: SeriesStyle
    /// Whether it is something to compare with, drawn hollow and small.
    var isBaseline = false
    /// Words for those who point at it.
    var title: String
  }

  func draw(_ size: ChartSize) -> (height: Double, content: [Markup]) {
    let height = size == .wide ? 460.0 : 420.0
    var plot = Plot(size: size, height: height, y: yScale, x: xScale)
    (plot.xIsPercent, plot.yIsPercent) = (true, yIsPercent)
    let inside = items.filter { $0.x.isFinite && (yScale.lower...yScale.upper).contains($0.y) }
    return (
      height,
      plot.yAxis(yTitle) + plot.xAxis(xTitle) + line(plot)
        + inside.filter(\.isBaseline).map { mark($0, plot) }
        + inside.filter { !$0.isBaseline }.map { mark($0, plot) } + labels(inside, plot)
    )
  }

  /// Steps: between two points of the front nothing better than the slower one's time and the faster one's quality is
  /// known.
  private func line(_ plot: Plot) -> [Markup] {
    let places = front.map { (x: plot.xPlace($0.x), y: min(plot.yPlace($0.y), plot.bottom)) }
    guard let first = places.first, places.count > 1 else { return [] }
    let steps = places.dropFirst().map { "H\($0.x.coordinate)V\($0.y.coordinate)" }
    return [.path("front", "M\(first.x.coordinate) \(first.y.coordinate)" + steps.joined())]
  }

  private func mark(_ item: Item, _ plot: Plot) -> Markup {
    let (x, y) = (plot.xPlace(item.x), plot.yPlace(item.y))
    var content: [Markup] = []
    if let low = item.interval.first, let high = item.interval.last, low.isFinite, high > low {
      let (top, bottom) = (max(plot.top, plot.yPlace(high)), min(plot.bottom, plot.yPlace(low)))
      content.append(
        .path(
          "whisker",
          "M\((x - 5).coordinate) \(top.coordinate)h10m-5 0V\(bottom.coordinate)m-5 0h10"))
    }
    content.append(
      item.isBaseline
        ? item.series.mark(x, y, radius: 4, class: "hollow") : item.series.mark(x, y, radius: 7.5))
    return .group(item.series.name, title: item.title, content)
  }

  private func labels(_ items: [Item], _ plot: Plot) -> [Markup] {
    let marks = items.flatMap { item -> [LabelPlacement.Box] in
      let (x, y) = (plot.xPlace(item.x), plot.yPlace(item.y))
      let radius = item.isBaseline ? 5.0 : 9
      var boxes = [LabelPlacement.Box(x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius)]
      if let low = item.interval.first, let high = item.interval.last, low.isFinite {
        let top = max(plot.top, plot.yPlace(high))
        boxes.append(.init(x: x - 4, y: top, width: 8, height: max(0, plot.yPlace(low) - top)))
      }
      return boxes
    }
    var placement = LabelPlacement(
      within: .init(
        x: plot.left + 2, y: plot.top - 8, width: plot.right - plot.left, height: plot.bottom - plot.top),
      around: marks, centres: items.map { (plot.xPlace($0.x), plot.yPlace($0.y)) })
    // Names of points first: they have the first choice of places.
    return (items.filter { !$0.isBaseline } + items.filter(\.isBaseline)).map { item in
      let (x, y) = (plot.xPlace(item.x), plot.yPlace(item.y))
      let width = Double(item.label.count) * 7.6 + 4
      let box = placement.place(width: width, height: 15, x: x, y: y)
      let middle = (x: box.x + box.width / 2, y: box.y + box.height / 2)
      var content: [Markup] = []
      // A line where the label could be taken for that of another mark.
      if box.distance((x, y)) > 13 || placement.rivals(of: box, (x, y)) > 0 {
        content.append(
          .line("leader", x, y, max(box.x, min(x, box.x + width)), max(box.y, min(y, box.y + 15))))
      }
      content.append(
        .label(item.label, middle.x, middle.y + 4.5, style: item.isBaseline ? "halo" : "halo bold"))
      return .group(item.series.name, content)
    }
  }
}
