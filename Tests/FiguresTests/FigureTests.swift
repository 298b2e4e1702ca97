import Figures
import TestSupport
import Testing

/// Numbers as people read them.
@Suite(.endsWithin(minutes: 1)) struct FigureTests {
  @Test(
    arguments: [
      (0, .seconds, "0 us"), (12e-6, .seconds, "12 us"), (1.5e-3, .seconds, "1.50 ms"),
      (0.1234, .seconds, "123.4 ms"), (2.345, .seconds, "2.35 s"),
      (0, .bytes, "0 B"), (1023, .bytes, "1023 B"), (1024, .bytes, "1 KiB"), (1_572_864, .bytes, "1.5 MiB"),
      (3_221_225_472, .bytes, "3.00 GiB"),
      (0, .share, "0.0 %"), (0.352, .share, "35.2 %"), (1, .share, "100.0 %"), (-0.05, .share, "-5.0 %"),
      (2.5e6, .operations, "2.5 MFLOP"), (1e9, .operations, "1.00 GFLOP"),
      (0.00061, .nats, "0.00061"), (7, .count, "7"), (7.25, .count, "7.3"),
      (18.04, .perSecond, "18.0 /s"), (1.5, .ratio, "1.50x"),
    ] as [(Double, Figure.Unit, String)])
  func `each unit has its own form`(value: Double, unit: Figure.Unit, text: String) {
    #expect(Figure(value, unit).description == text)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `what is not a number is a dash for people and null for programs`(value: Double) {
    for unit: Figure.Unit in [.seconds, .bytes, .share, .operations, .nats, .count, .perSecond, .ratio] {
      #expect(Figure(value, unit).description == "-")
      #expect(Figure(value, unit).json.line == "null")
    }
  }

  @Test func `programs read the base unit`() {
    #expect(Figure(0.0123, .seconds).json.line == "0.0123")
    #expect(Figure(0.5, .share).json.line == "0.5")
    #expect(Figure(2048, .bytes).json.line == "2048")
  }

  @Test(
    arguments: [
      (0, 0, "0"), (0, 2, "0.00"), (0.5, 0, "1"), (-0.5, 0, "-1"), (2.5, 0, "3"), (0.125, 2, "0.13"),
      (-0.001, 2, "0.00"), (9.999, 2, "10.00"), (1.05, 1, "1.1"), (1.005, 3, "1.005"),
      (123_456, 1, "123456.0"),
      (-12.34, 1, "-12.3"), (1e16, 2, "1e+16"), (.nan, 2, "nan"), (-.infinity, 0, "-inf"),
    ] as [(Double, Int, String)])
  func `decimals are fixed and rounded half away from zero`(value: Double, decimals: Int, text: String) {
    #expect("\(value, decimals: decimals)" == text)
  }
}
