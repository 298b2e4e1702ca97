import ArgumentParser
import Figures

/// A size in bytes on a command line: `900MB`, `1.5GiB`.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
  let bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    if argument == "0" {
      bytes = 0
      return
    }
    guard let bytes = Quantity.bytes(argument).flatMap({ Int(exactly: $0.rounded()) }) else { return nil }
    self.bytes = bytes
  }

  var description: String { "\(Figure(Double(bytes), .bytes))" }
}

/// A time on a command line: `200ms`, `30s`, `5min`; seconds without a unit.
struct Seconds: ExpressibleByArgument, CustomStringConvertible {
  let seconds: Double

  init(_ seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    if argument == "0" {
      seconds = 0
      return
    }
    guard
      let value = Quantity.value(argument, units: ["ms": 1e-3, "s": 1, "min": 60, "h": 3600, "": 1]),
      value <= 1e7
    else { return nil }
    seconds = value
  }

  var duration: Duration { .seconds(seconds) }
  var description: String { seconds < 1 ? "\(Int((seconds * 1000).rounded()))ms" : "\(Int(seconds))s" }
}
