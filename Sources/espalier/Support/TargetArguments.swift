import ArgumentParser
import Calibration

/// Demands on one more point, `target`, beside those that every plan gets.
struct TargetArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "One more point, 'target', that loses no more accuracy (without answers: agreement) than this, such as 1%.",
      valueName: "share"))
  var maxDrop: Share?

  @Option(
    help: ArgumentHelp(
      "Most time from picture to first token of 'target', such as 2s or 800ms.", valueName: "time"))
  var targetFirstToken: Seconds?

  @Option(
    help: ArgumentHelp("Most memory for weights and cache of 'target', such as 900MB.", valueName: "size"))
  var targetMemory: Bytes?

  @Option(help: ArgumentHelp("Least rate of decoding of 'target', such as 12tok/s.", valueName: "rate"))
  var targetDecode: Rate?

  /// The standard points, and `target` where anything is demanded of it.
  var budgets: [PointBudget] {
    guard maxDrop != nil || targetFirstToken != nil || targetMemory != nil || targetDecode != nil else {
      return PointBudget.standard
    }
    return PointBudget.standard + [
      PointBudget(
        name: "target", maximumLoss: maxDrop?.value, firstTokenSeconds: targetFirstToken?.value,
        memoryBytes: targetMemory?.value, decodeRate: targetDecode?.value)
    ]
  }

  /// A percentage, or a share without a unit.
  struct Share: ExpressibleByArgument {
    let value: Double
    init?(argument: String) {
      guard let value = Quantity.value(argument, units: ["%": 0.01, "": 1]), value <= 1 else { return nil }
      self.value = value
    }
  }

  /// A time; seconds without a unit.
  struct Seconds: ExpressibleByArgument {
    let value: Double
    init?(argument: String) {
      guard let value = Quantity.value(argument, units: ["s": 1, "ms": 1e-3, "": 1]) else { return nil }
      self.value = value
    }
  }

  /// A size; bytes without a unit.
  struct Bytes: ExpressibleByArgument {
    let value: Double
    init?(argument: String) {
      let units = [
        "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824, "": 1,
      ]
      guard let value = Quantity.value(argument, units: units) else { return nil }
      self.value = value
    }
  }

  /// Tokens a second.
  struct Rate: ExpressibleByArgument {
    let value: Double
    init?(argument: String) {
      guard let value = Quantity.value(argument, units: ["tok/s": 1, "/s": 1, "": 1]) else { return nil }
      self.value = value
    }
  }
}

/// A positive number with a unit behind it, as people write it on a command line.
enum Quantity {
  static func value(_ text: String, units: [String: Double]) -> Double? {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(number.count).drop { $0 == " " }
    guard let value = Double(number), value > 0, value.isFinite, let factor = units[String(unit)] else {
      return nil
    }
    return value * factor
  }
}
