import Glibc
import JSONReading
import Plan

extension Settings {
  /// An activation by the name Hugging Face gives it.
  func activation(_ key: String, default standard: String) throws(CheckpointError) -> Activation {
    let name = try text(key, default: standard)
    switch name {
    case "silu", "swish": return .silu
    case "gelu": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
    case "quick_gelu": return .quickGelu
    default: throw error(key, "is \"\(name)\", which is not supported")
    }
  }

  /// One token id or a list of them.
  func tokens(_ key: String) throws(CheckpointError) -> [Int]? {
    guard case .array? = self[key] else { return self[key] == nil ? nil : [try integer(key)] }
    return try integers(key)
  }
}

/// `pow`, kept beside the one import of the C library that needs it.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
