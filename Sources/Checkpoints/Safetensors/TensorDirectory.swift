import JSONReading
import Plan
import PlanFile

/// All tensors of a checkpoint, from one file or from the shards of an index.
struct TensorDirectory: Sendable {
  /// The file to name when a tensor is missing.
  let file: String
  /// Files that hold tensors.
  let files: [String]
  private let tensors: [ExactString: SourceTensor]

  /// The tensors of a folder.
  ///
  /// - Parameters:
  ///   - quantized: how some of them are stored, where they are not numbers.
  ///   - adapter: what is merged into them.
  init(
    _ directory: String, quantized: QuantizedTensors? = nil, adapter: Adapter? = nil
  ) throws(CheckpointError) {
    let single = "\(directory)/model.safetensors"
    let index = "\(directory)/model.safetensors.index.json"
    if fileExists(single) {
      file = single
      files = [single]
    } else if fileExists(index) {
      file = index
      files = try Self.shards(index, directory)
    } else {
      throw CheckpointFolder.withoutWeights(directory)
    }
    var tensors: [ExactString: SourceTensor] = [:]
    for path in files {
      for (name, tensor) in try SafetensorsFile(path).tensors {
        guard let other = tensors.updateValue(tensor, forKey: ExactString(name)) else { continue }
        guard tensor.shape == other.shape, tensor.hasElements(of: other) else {
          throw CheckpointError(
            file: path, object: name, reason: "differs from the tensor of this name in \(other.mapping.path)")
        }
      }
    }
    if let quantized { tensors = try quantized.decode(tensors) }
    if let adapter { tensors = try adapter.merge(into: tensors) }
    self.tensors = tensors
  }

  /// Shards of an index, which must be names of files beside it.
  private static func shards(_ index: String, _ directory: String) throws(CheckpointError) -> [String] {
    let settings = try Settings(contentsOf: index)
    guard let map = try settings.child("weight_map") else { throw settings.error("weight_map", "is missing") }
    var names: Set<String> = []
    for (tensor, value) in map.object.members {
      guard case .string(let name) = value, name.hasSuffix(".safetensors"), !name.contains("/") else {
        throw map.error(tensor, "is \(value.summary), expected the name of a shard")
      }
      names.insert(name)
    }
    return names.sorted().map { "\(directory)/\($0)" }
  }

  subscript(name: String) -> SourceTensor? { tensors[ExactString(name)] }

  /// Names of all tensors, sorted.
  var names: [String] { tensors.keys.map(\.text).sorted() }

  /// A tensor that must exist with a shape and a floating-point type.
  func tensor(_ name: String, _ shape: [Int]) throws(CheckpointError) -> SourceTensor {
    guard let tensor = self[name] else {
      throw CheckpointError(file: file, object: name, reason: "tensor is missing")
    }
    let path = tensor.mapping.path
    guard tensor.shape == shape else {
      throw CheckpointError(file: path, object: name, reason: "has shape \(tensor.shape), expected \(shape)")
    }
    guard tensor.isFloatingPoint else {
      throw CheckpointError(
        file: path, object: name, reason: "is \(tensor.type.rawValue), expected F32, F16 or BF16")
    }
    return tensor
  }
}
