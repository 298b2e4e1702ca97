import ArgumentParser
import Figures
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

  /// Throws where a demand is of what is not measured.
  func check(_ search: SearchArguments) throws {
    if search.leaveTimes, targetFirstToken != nil || targetDecode != nil {
      throw ValidationError(
        "--leave-times measures none of what --target-first-token and --target-decode ask for.")
    }
  }

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
      guard let value = Quantity.bytes(argument) else { return nil }
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
