import HDF5Subset
import Compute
package import Plan

extension WeightSpecification {
  /// Extents of the dataset: the tensor's own, or panels x what is in a panel.
  package func storedShape(_ format: WeightFormat) -> [Int] {
    guard let encoding = format.panelEncoding else { return shape }
    let (outputs, depth) = product
    let panels = (outputs + PanelEncoding.lanes - 1) / PanelEncoding.lanes
    return [panels, encoding.panelBytes(depth: depth) / format.elementType.size]
  }

  /// Outputs and inputs of the product that a matrix is for.
  private var product: (outputs: Int, depth: Int) {
    let columns = shape.dropFirst().reduce(1, *)
    return isNeuronMajor ? (columns, shape.first ?? 0) : (shape.first ?? 0, columns)
  }
}
