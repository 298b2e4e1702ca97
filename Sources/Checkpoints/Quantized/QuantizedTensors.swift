import JSONReading
import PlanFile

/// Reads checkpoints whose matrices are stored as codes with scales, so that a plan is made of the numbers they stand for.
///
/// FP8 by blocks or as a whole (`fp8`, `fbgemm_fp8`) and what compressed-tensors writes: floats of 8 bits, integers of 8, and
/// packed ones of fewer. Others are refused with what to download instead.
struct QuantizedTensors {
  /// Rows and columns of a block with a scale, where scales are of blocks.
  private let block: (rows: Int, columns: Int)?
  /// Bits of packed integers.
  private let bits: Set<Int>

  /// The settings of a checkpoint, where it is quantised.
  init?(_ config: Settings) throws(CheckpointError) {
    let candidates = [config, try config.child("text_config")]
    var found: Settings?
    for candidate in candidates.compactMap({ $0 }) {
      for key in ["quantization_config", "compression_config"] where found == nil {
        found = try candidate.child(key)
      }
    }
    guard let found else { return nil }
    let method = try found.text("quant_method", default: "an unnamed method")
    switch method {
    case "fp8", "fbgemm_fp8":
      block = try Self.block(found, "weight_block_size")
      bits = []
    case "compressed-tensors":
      let format = try found.text("format", default: "an unnamed format")
      guard Self.formats.contains(format) else {
        throw Self.refusal(found, "format", "compressed-tensors as \(format)")
      }
      var (block, bits): ((rows: Int, columns: Int)?, Set<Int>) = (nil, [])
      if let groups = try found.child("config_groups") {
        for (name, _) in groups.object.members {
          guard let weights = try groups.child(name)?.child("weights") else { continue }
          bits.insert(try weights.extent("num_bits", upTo: 8))
          block = try Self.block(weights, "block_structure") ?? block
        }
      }
      (self.block, self.bits) = (block, bits)
    default: throw Self.refusal(found, "quant_method", method)
    }
  }

  private static let formats: Set = ["float-quantized", "int-quantized", "naive-quantized", "pack-quantized"]

  private static func refusal(_ settings: Settings, _ key: String, _ method: String) -> CheckpointError {
    settings.error(
      key,
      "the weights are quantised already (\(method)), which is not read; download the checkpoint in its own precision, "
        + "or in FP8, and let --weights quantise it")
  }

  private static func block(
    _ settings: Settings, _ key: String
  ) throws(CheckpointError) -> (rows: Int, columns: Int)? {
    let sides = try settings.array(key)
    if sides.isEmpty { return nil }
    guard sides.count == 2, case .integer(let rows) = sides[0], case .integer(let columns) = sides[1],
      (1...Settings.limit).contains(rows), (1...Settings.limit).contains(columns)
    else { throw settings.error(key, "expected two numbers of rows and columns") }
    return (rows, columns)
  }

  /// Endings of the names of what belongs to a matrix, but for the matrix.
  private static let scaleEndings = ["_scale_inv", "_scale"]
  /// Tensors about activations and caches, which are not rounded here.
  private static let useless = [
    ".input_scale", ".activation_scale", ".input_zero_point", ".k_scale", ".v_scale", ".input_scale_ub",
  ]

  /// The tensors that the stored ones stand for.
  func decode(_ stored: [ExactString: SourceTensor]) throws(CheckpointError) -> [ExactString: SourceTensor] {
    var result = stored
    for name in stored.keys where Self.useless.contains(where: name.text.hasSuffix) { result[name] = nil }
    for (name, tensor) in stored.sorted(by: { $0.key.text < $1.key.text }) {
      let packedEnding = "_packed"
      let isPacked = name.text.hasSuffix(".weight" + packedEnding)
      guard isPacked || name.text.hasSuffix(".weight") && (tensor.type == .float8e4m3 || tensor.type == .int8)
      else { continue }
      let own = isPacked ? String(name.text.dropLast(packedEnding.count)) : name.text
      let decoded = try decode(tensor, own, isPacked: isPacked, stored)
      for ending in Self.scaleEndings + [packedEnding, "_shape", "_zero_point", "_g_idx"] {
        result[ExactString(own + ending)] = nil
      }
      result[ExactString(own)] = decoded
    }
    return result
  }

  private func decode(
    _ tensor: SourceTensor, _ name: String, isPacked: Bool, _ stored: [ExactString: SourceTensor]
  ) throws(CheckpointError) -> SourceTensor {
    func failure(_ reason: String) -> CheckpointError {
      CheckpointError(file: tensor.mapping.path, object: tensor.name, reason: reason)
    }
    guard let scales = Self.scaleEndings.lazy.compactMap({ stored[ExactString(name + $0)] }).first else {
      throw failure("has no scales beside it (\(name)_scale)")
    }
    guard scales.isFloatingPoint else { throw failure("has scales of \(scales.type.rawValue)") }
    if stored[ExactString(name + "_g_idx")] != nil {
      throw failure("has its groups in another order (\(name)_g_idx), which is not read")
    }
    guard tensor.shape.count == 2 else { throw failure("has shape \(tensor.shape), expected a matrix") }
    let (rows, columns) = (
      tensor.shape[0], isPacked ? try packedColumns(tensor, name, stored) : tensor.shape[1]
    )
    guard rows > 0, columns > 0 else { throw failure("has shape \([rows, columns])") }
    var codes = StoredNumbers.Codes.float8
    if tensor.type == .int8 { codes = .int8 }
    if isPacked {
      let fitting = bits.filter { (columns * $0 + 31) / 32 == tensor.shape[1] }
      guard fitting.count == 1, let bits = fitting.first, tensor.type == .int32 else {
        throw failure("has shape \(tensor.shape) for \(columns) columns of \(bits.sorted()) bits")
      }
      codes = .packed(bits: bits)
    }
    // A scale of all is one of each, and so are those of rows.
    let count = scales.shape.reduce(1, *)
    let grid = scales.shape.count == 2 ? scales.shape : count == 1 ? [1, 1] : [count, 1]
    guard count == grid[0] * grid[1], count > 0,
      let rowsPerScale = size(of: rows, in: grid[0], block?.rows),
      let columnsPerScale = size(of: columns, in: grid[1], block?.columns, mayBeGroups: true)
    else { throw failure("has shape \([rows, columns]) and scales of shape \(scales.shape)") }
    let zeroPoints = stored[ExactString(name + "_zero_point")]
    if let zeroPoints {
      var expected = grid
      if case .packed(let bits) = codes { expected[0] = (grid[0] * bits + 31) / 32 }
      let found = zeroPoints.shape.count == 1 ? [zeroPoints.shape[0], 1] : zeroPoints.shape
      guard found == expected, zeroPoints.type == (isPacked ? .int32 : .int8) else {
        throw failure("has zero points of shape \(zeroPoints.shape), expected \(expected)")
      }
    }
    return tensor.standing(
      for: [rows, columns], named: name,
      as: StoredNumbers(
        codes: codes, scales: scales, zeroPoints: zeroPoints, rowsPerScale: rowsPerScale,
        columnsPerScale: columnsPerScale, columns: columns))
  }

  /// Rows or columns with one scale, where so many scales are of all of them.
  private func size(of count: Int, in scales: Int, _ block: Int?, mayBeGroups: Bool = false) -> Int? {
    if let block, (count + block - 1) / block == scales { return block }
    if scales == 1 || scales == count { return count / scales }
    return mayBeGroups && count % scales == 0 ? count / scales : nil
  }

  /// Columns of a packed matrix, which a tensor beside it says.
  private func packedColumns(
    _ tensor: SourceTensor, _ name: String, _ stored: [ExactString: SourceTensor]
  ) throws(CheckpointError) -> Int {
    guard let shape = stored[ExactString(name + "_shape")], shape.shape == [2],
      shape.type == .int64 || shape.type == .int32
    else {
      throw CheckpointError(
        file: tensor.mapping.path, object: tensor.name, reason: "has no shape beside it (\(name)_shape)")
    }
    let sides = shape.integers()
    guard sides[0] == tensor.shape[0], (1...Settings.limit).contains(sides[1]) else {
      throw CheckpointError(
        file: tensor.mapping.path, object: shape.name,
        reason: "is \(sides), which \(tensor.shape) cannot hold")
    }
    return sides[1]
  }
}
