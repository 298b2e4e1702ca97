import Plan
import Testing
import TestSupport

@testable import Evaluation
@testable import Reporting

/// Scales, places of labels, and what is drawn over pictures.
@Suite(.endsWithin(minutes: 1)) struct ChartTests {
  @Test(arguments: [
    [0.0, 1], [0.2, 0.9], [-3, 4], [5], [0], [-0.001, 0.002], [0.893, 0.8933], [1e-9, 2e-9], [1e6, 3e7], [],
    [1, 1e11],
    [.nan, 0.5, .infinity], [0.1, 0.2, 0.3], [0.00057, 0],
  ]) func `ticks are even and cover the data`(values: [Double]) {
    let scale = AxisScale(covering: values)
    #expect((2...13).contains(scale.ticks.count), "\(scale.ticks)")
    let steps = zip(scale.ticks, scale.ticks.dropFirst()).map { $1 - $0 }
    for step in steps { #expect(step > 0 && abs(step - steps[0]) < steps[0] * 1e-6) }
    for value in values where value.isFinite {
      #expect((-1e-6...1 + 1e-6).contains(scale.position(value)), "\(value) in \(scale.ticks)")
      #expect(
        scale.ticks[0] <= value + 1e-9 * abs(value)
          && value <= scale.ticks[scale.ticks.count - 1] * (1 + 1e-9) + 1e-12)
    }
    let labels = scale.ticks.map { scale.label($0, percent: false) }
    #expect(Set(labels).count == labels.count, "\(labels)")
    let percent = scale.ticks.map { scale.label($0, percent: true) }
    #expect(scale.upper > 100 || Set(percent).count == percent.count, "\(percent)")
  }

  @Test func `slack lets a value stand just beyond the last tick`() {
    let scale = AxisScale(covering: [0, 1.005], slack: 0.1)
    #expect(scale.ticks.last == 1 && scale.position(1.005) == 1)
    #expect(AxisScale(covering: [0, 1.1], slack: 0.1).upper > 1.1)
  }

  @Test func `labels keep off each other and within the chart`() {
    let bounds = LabelPlacement.Box(x: 0, y: 0, width: 300, height: 200)
    let centres = (0..<12).map { (x: 150.0 + Double($0), y: 100.0) }
    var placement = LabelPlacement(
      within: bounds,
      around: centres.map { .init(x: $0.x - 5, y: $0.y - 5, width: 10, height: 10) }, centres: centres)
    let boxes = centres.map { placement.place(width: 20, height: 15, x: $0.x, y: $0.y) }
    for (index, box) in boxes.enumerated() {
      #expect(bounds.overlap(box) == box.width * box.height)
      for other in boxes[..<index] { #expect(box.overlap(other) == 0) }
    }
  }

  @Test func `squares lie over what was dropped, neighbours in one piece`() {
    let overlay = PatchOverlay(
      width: 20, height: 20, rows: 2, columns: 2, isKept: [false, false, true, true],
      cacheShares: [0.1, 0.1, 1, 0.5])
    let source = overlay.squares.map(\.source).joined()
    #expect(source.contains("class=\"dropped\" d=\"M0 0h20v10h-20z\""))
    #expect(source.contains("class=\"veil-2\" d=\"M10 10h10v10h-10z\""))
    #expect(!source.contains("veil-1") && !source.contains("veil-4"))
    let plain = PatchOverlay(width: 20, height: 20, rows: 2, columns: 2)
    #expect(plain.squares.isEmpty)
  }

  @Test(arguments: [(1.0, 0), (0.99, 0), (0.5, 2), (0.1, 4), (0.0, 4)])
  func `the fewer caches, the darker`(share: Double, level: Int) {
    #expect(PatchOverlay.veil(share) == level)
  }

  @Test func `layers are said in ranges`() {
    #expect(Wording.layers([3, 1, 2, 7]) == "1 to 3 and 7")
    #expect(Wording.layers([0, 2, 4]) == "0, 2 and 4")
    #expect(Wording.layers([]) == "")
  }

  @Test func `a unit stays with its figure`() {
    #expect(Wording.share(0.5) == "50.0\u{A0}%" && Wording.seconds(2e-5) == "20\u{A0}\u{B5}s")
    #expect(Wording.signed(0.013) == "+1.3" && Wording.signed(-0.013) == "-1.3" && Wording.signed(0) == "0.0")
  }

  @Test func `the front holds what nothing faster equals`() {
    func item(_ x: Double, _ y: Double) -> ScatterChart.Item {
      .init(x: x, y: y, label: "", series: SeriesStyle(index: 0), title: "\(x)")
    }
    let front = Report.nondominated([
      item(1, 0.9), item(0.5, 0.9), item(0.4, 0.2), item(0.45, 0.1), item(.nan, 1),
    ])
    #expect(front.map(\.x) == [0.4, 0.5])
  }
}
