package import Compute
package import HDF5Subset
package import Plan

extension WeightFormat: AttributeConvertible {}

extension WeightFormat {
  /// The encoding of panels, for formats that have them.
  package var panelEncoding: PanelEncoding? {
    switch self {
    case .float32: nil
    case .bfloat16: .bfloat16
    case .int8: .int8
    case .int4: .int4
    }
  }

  /// Type of the dataset.
  package var elementType: SubsetType {
    switch self {
    case .float32: .float32
    case .bfloat16: .uint16
    case .int8, .int4: .uint8
    }
  }

  /// What readers of the file are told about elements that HDF5 has no type for.
  var encoding: String? {
    switch self {
    case .float32: nil
    case .bfloat16:
      "bfloat16 panels: 16 rows each (columns where rows are neurons): for every 2 elements of a row 32 numbers, row "
        + "by row: the 2 elements"
    case .int8:
      "int8 panels: 16 rows each (columns where rows are neurons): 16 float32 scales, then for every 4 elements of "
        + "a row 64 bytes, row by row: element / scale + 128"
    case .int4:
      "int4 panels: 16 rows each (columns where rows are neurons): for every 64 elements of a row 16 x 2 bfloat16 "
        + "scales of 32 elements, then for every 8 elements 64 bytes, row by row 4: low halves the first 4 "
        + "elements, high halves the others: element / scale + 8"
    }
  }
}
