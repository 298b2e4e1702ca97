public import Compute
import Plan

/// Where the parts of a model find their tensors, by the names of `ModelDescription.weights`.
public protocol ModelWeights {
  /// The matrix of that name, with the expected shape.
  func matrix(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix
  /// The same for a matrix that is multiplied from the other side: a row belongs to an input, such as a neuron.
  func neurons(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix
  /// The vector of that name, with the expected length.
  func vector(_ name: String, count: Int) throws(ModelError) -> WeightVector
}

extension ModelWeights {
  /// What a source of floating-point numbers gives: the same as `matrix`.
  public func neurons(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
    try matrix(name, rows: rows, columns: columns)
  }
}

/// A model that cannot be put together from its tensors.
public struct ModelError: Error, Equatable, CustomStringConvertible {
  /// The tensor or option at fault.
  public var object: String
  /// What is wrong with it.
  public var reason: String

  /// Creates an error about one object.
  public init(_ object: String, _ reason: String) {
    self.object = object
    self.reason = reason
  }

  /// One line: object and reason.
  public var description: String { "\(object): \(reason)" }
}

extension Activation {
  var function: ElementwiseFunction {
    switch self {
    case .silu: .silu
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .quickGelu: .quickGelu
    }
  }
}
