public import ArgumentParser
public import Checkpoints
public import Plan

/// How weights are stored: `--weights` and what differs from it.
struct WeightArguments: ParsableArguments {
  @Option(help: "Storage of weight matrices.")
  var weights: WeightFormat = .bfloat16

  @Option(
    help: ArgumentHelp(
      "Storage of the matrices that match a pattern, such as 'text/layers/*/down=int8'; may be repeated.",
      valueName: "pattern=format"))
  var tensorWeights: [TensorFormat] = []

  @Option(
    help: ArgumentHelp(
      "Products that round their activations to 7 bits, such as text/gate_up, separated by commas; or all.",
      valueName: "names"))
  var narrowProducts: String?
}

extension WeightFormat: ExpressibleByArgument {}

extension TensorFormat: ExpressibleByArgument {
  /// Reads `pattern=format`.
  public init?(argument: String) {
    guard let sign = argument.lastIndex(of: "="), sign > argument.startIndex,
      let format = WeightFormat(rawValue: String(argument[argument.index(after: sign)...]))
    else { return nil }
    self.init(pattern: String(argument[..<sign]), format: format)
  }
}
