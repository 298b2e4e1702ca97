import Foundation

/// Tensors of a checkpoint made from their names: element `i` is `u * a + b`, where `u` is in [-0.5, 0.5) and comes from
/// the `i`-th output of the SplitMix64 sequence that starts at the FNV-1a hash of salt and name.
struct FormulaWeights: Decodable {
  let salt: String
  let shards: Int
  let tensors: [Tensor]

  struct Tensor: Decodable {
    let name: String
    let dtype: String
    let shape: [Int]
    let a: Double
    let b: Double
    let shard: Int?
  }

  init(json: Data) throws { self = try JSONDecoder().decode(Self.self, from: json) }

  /// Writes `model.safetensors`, or shards with their index.
  func write(to folder: String) throws {
    guard shards > 1 else {
      return try file(tensors).write(to: URL(fileURLWithPath: "\(folder)/model.safetensors"))
    }
    var map: [String: String] = [:]
    for shard in 0..<shards {
      let name = "model-\(shard + 1)-of-\(shards).safetensors"
      let own = tensors.filter { $0.shard == shard }
      for tensor in own { map[tensor.name] = name }
      try file(own).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    try JSONSerialization.data(withJSONObject: ["weight_map": map])
      .write(to: URL(fileURLWithPath: "\(folder)/model.safetensors.index.json"))
  }

  private func file(_ tensors: [Tensor]) throws -> Data {
    var header: [String: Any] = [:]
    var body = Data()
    for tensor in tensors {
      let bytes = bytes(of: tensor)
      header[tensor.name] = [
        "dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [body.count, body.count + bytes.count],
      ]
      body += bytes
    }
    let json = try JSONSerialization.data(withJSONObject: header)
    var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    file += json
    file += body
    return file
  }

  private func bytes(of tensor: Tensor) -> [UInt8] {
    let values = values(of: tensor)
    switch tensor.dtype {
    case "BF16":
      return values.flatMap { value -> [UInt8] in
        let bits = value.bitPattern
        let rounded = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
        return [UInt8(truncatingIfNeeded: rounded), UInt8(rounded >> 8)]
      }
    case "F16":
      return values.flatMap { value -> [UInt8] in
        let bits = Float16(value).bitPattern
        return [UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8)]
      }
    default: return values.withUnsafeBytes { Array($0) }
    }
  }

  private func values(of tensor: Tensor) -> [Float] {
    var state = (salt + tensor.name).utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    return (0..<tensor.shape.reduce(1, *)).map { _ in
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return Float((Double(z >> 40) / 16_777_216 - 0.5) * tensor.a + tensor.b)
    }
  }
}
