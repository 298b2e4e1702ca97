import Plan

/// Products of an imported model that round their activations to 7 bits.
public enum NarrowProducts: Equatable, Sendable {
  /// Those of these names, as `WeightSpecification.product` has them.
  case named([String])
  /// All whose weights are int8.
  case all

  /// Their names. One that the model does not have, or whose weights are not int8, is an error.
  func names(in contents: PlanContents, _ file: String) throws(CheckpointError) -> [String] {
    let int8 = contents.model.weights.filter { contents.format(of: $0) == .int8 }.map(\.product)
    let possible = contents.model.products.filter(Set(int8).contains)
    guard case .named(let names) = self else {
      guard !possible.isEmpty else { throw CheckpointError(file: file, reason: "no weights are int8") }
      return possible
    }
    for name in names where !possible.contains(name) {
      throw CheckpointError(file: file, object: name, reason: "is no product of this model with int8 weights")
    }
    return possible.filter(Set(names).contains)
  }
}
