/// The area of a chart with its two axes.
struct Plot {
  let size: ChartSize
  let height: Double
  let y: AxisScale
  /// Axis of values; charts by layer have places instead.
  var x: AxisScale?
  var yIsPercent = false
  var xIsPercent = false

  let left = 58.0
  let top = 30.0
  var right: Double { size.width - 14 }
  var bottom: Double { height - 48 }

  func yPlace(_ value: Double) -> Double { bottom - (bottom - top) * y.position(value) }
  func xPlace(_ value: Double) -> Double { left + (right - left) * (x?.position(value) ?? 0) }
  /// Middle of one of `count` places side by side.
  func place(_ index: Int, of count: Int) -> Double {
    left + (right - left) * (Double(index) + 0.5) / Double(max(1, count))
  }

  /// Lines and labels of the vertical axis, its title above it.
  func yAxis(_ title: String) -> [Markup] {
    y.ticks.flatMap { tick in
      [
        Markup.line("gridline", left, yPlace(tick), right, yPlace(tick)),
        .label(y.label(tick, percent: yIsPercent), left - 7, yPlace(tick) + 4.5, anchor: "end"),
      ]
    } + [.label(title, 2, 14, anchor: "start", style: "quiet")]
  }

  /// Ticks of the horizontal axis, its title below it.
  func xAxis(_ title: String) -> [Markup] {
    guard let x else { return [] }
    // Fewer labels than ticks where they would run into each other.
    let room = (right - left) / Double(max(1, x.ticks.count - 1))
    let every = room < 56 ? 2 : 1
    return baseLine(title)
      + x.ticks.enumerated().flatMap { index, tick in
        let line = Markup.line("axis", xPlace(tick), bottom, xPlace(tick), bottom + 5)
        guard (x.ticks.count - 1 - index) % every == 0 else { return [line] }
        let anchor = right - xPlace(tick) < 16 ? "end" : "middle"
        return [
          line, .label(x.label(tick, percent: xIsPercent), xPlace(tick), bottom + 20, anchor: anchor),
        ]
      }
  }

  /// Names below places side by side, as many as there is room for.
  func places(_ names: [String], title: String) -> [Markup] {
    let room = (right - left) / Double(max(1, names.count))
    let needed = Double(names.map(\.count).max() ?? 1) * 8 + 3
    let every = max(1, Int((needed / room).rounded(.up)))
    return baseLine(title)
      + names.indices.filter { $0 % every == 0 }.map {
        .label(names[$0], place($0, of: names.count), bottom + 19)
      }
  }

  private func baseLine(_ title: String) -> [Markup] {
    [
      .line("axis", left, bottom, right, bottom),
      .label(title, (left + right) / 2, height - 7, style: "quiet"),
    ]
  }
}
