/// How a KV cache stores its numbers.
public enum CachePrecision: String, CaseIterable, Sendable {
  /// As computed.
  case float32 = "f32"
  /// Rounded: half of the memory, and products at the speed of the processor's bfloat16.
  case bfloat16 = "bf16"

  /// Bytes of a number.
  public var elementSize: Int { self == .float32 ? 4 : 2 }
}
