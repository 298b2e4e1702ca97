import Compute
package import Plan

extension StoredTensor {
  /// Place of the first element that is not a finite number, if there is one. Where elements share a scale, it is the
  /// first of them.
  package func nonFiniteElement(of tensor: WeightSpecification) -> [Int]? {
    guard let encoding = format.panelEncoding else {
      let index = (0..<bytes.count / 4).first {
        !Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)).isFinite
      }
      guard let index else { return nil }
      return shape.count == 2 ? [index / shape[1], index % shape[1]] : [index]
    }
    let (outputs, depth) = tensor.isNeuronMajor ? (shape[1], shape[0]) : (shape[0], shape[1])
    guard let place = encoding.nonFinite(in: bytes.bytes, outputs: outputs, depth: depth) else { return nil }
    return tensor.isNeuronMajor ? [place.input, place.output] : [place.output, place.input]
  }
}

extension Plan {
  /// Demands that every weight is a finite number: others would spread over all that is computed from them.
  public func verifyNumbers() throws(PlanError) {
    for specification in contents.model.weights {
      guard let tensor = weights.tensor(specification.name),
        let place = tensor.nonFiniteElement(of: specification)
      else { continue }
      throw PlanError(
        file: path, object: specification.path, reason: "the element at \(place) is not a finite number")
    }
  }
}
