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

  /// Layers that `layer_types` calls by a name, where it calls all others `full_attention`; `nil` where there is no list.
  func layers(ofType name: String, of layers: Int) throws(CheckpointError) -> [Int]? {
    let key = "layer_types"
    let types = try array(key)
    if types.isEmpty { return nil }
    guard types.count == layers else { throw error(key, "has \(types.count) entries for \(layers) layers") }
    var result: [Int] = []
    for (layer, type) in types.enumerated() {
      switch type {
      case .string(name): result.append(layer)
      case .string("full_attention"): break
      default: throw error(key, "has \(type.summary), supported are \(name) and full_attention")
      }
    }
    return result
  }

  /// One token id or a list of them.
  func tokens(_ key: String) throws(CheckpointError) -> [Int]? {
    guard case .array? = self[key] else { return self[key] == nil ? nil : [try integer(key)] }
    return try integers(key)
  }
}

/// `pow`, kept beside the one import of the C library that needs it.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
