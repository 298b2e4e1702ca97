/// How the elements of matrices are stored. Vectors and folded tensors are always float32.
public enum WeightFormat: String, CaseIterable, Sendable {
  /// IEEE 754 binary32.
  case float32 = "f32"
  /// The upper half of a float32.
  case bfloat16 = "bf16"
  /// 8-bit integers with a scale for each output.
  case int8
  /// 4-bit integers with a scale for every 32 inputs of an output.
  case int4

  /// Whether matrices are stored in panels of 16 outputs, which the kernels read as they are.
  public var hasPanels: Bool { self != .float32 }

}
