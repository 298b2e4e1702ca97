import Checkpoints
import Foundation
import Plan
import Testing
import TestSupport

/// A checkpoint of one of the families in a folder of its own, to be changed before it is imported.
final class ForeignCheckpoint {
  let folder: TemporaryFolder
  let path: String

  init(_ family: String = "llava/clip-llama") throws {
    folder = try TemporaryFolder()
    path = try FamilyGolden(family).checkpoint(in: folder)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

  /// Replaces the one place where a text is.
  func replace(_ old: String, with new: String, in name: String) throws {
    let parts = try text(name).components(separatedBy: old)
    try #require(parts.count >= 2, "\(name) has no \(old)")
    try write(parts[0] + new + parts.dropFirst().joined(separator: old), to: name)
  }

  /// An object of a JSON file.
  func object(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: file(name)))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  func write(_ object: [String: Any], to name: String) throws {
    try JSONSerialization.data(withJSONObject: object).write(to: URL(filePath: file(name)))
  }

  // MARK: Tensors

  /// Tensors of all safetensors files: types, shapes and bytes.
  func tensors() throws -> [String: (type: String, shape: [Int], bytes: Data)] {
    var tensors: [String: (type: String, shape: [Int], bytes: Data)] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasSuffix(".safetensors") {
      tensors.merge(try self.tensors(of: name)) { $1 }
    }
    return tensors
  }

  private func tensors(of file: String) throws -> [String: (type: String, shape: [Int], bytes: Data)] {
    let data = try Data(contentsOf: URL(filePath: self.file(file)))
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any])
    var tensors: [String: (type: String, shape: [Int], bytes: Data)] = [:]
    for (name, entry) in header where name != "__metadata__" {
      let entry = try #require(entry as? [String: Any])
      let offsets = try #require(entry["data_offsets"] as? [Int])
      tensors[name] = (
        try #require(entry["dtype"] as? String), try #require(entry["shape"] as? [Int]),
        data.subdata(in: 8 + length + offsets[0]..<8 + length + offsets[1])
      )
    }
    return tensors
  }

  /// Writes tensors as one safetensors file.
  func write(
    _ tensors: [String: (type: String, shape: [Int], bytes: Data)], to name: String = "model.safetensors"
  ) throws {
    var header: [String: Any] = [:]
    var data = Data()
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      header[name] = [
        "dtype": tensor.type, "shape": tensor.shape,
        "data_offsets": [data.count, data.count + tensor.bytes.count],
      ]
      data += tensor.bytes
    }
    let text = try JSONSerialization.data(withJSONObject: header)
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
    try (length + text + data).write(to: URL(filePath: file(name)))
  }

  // MARK: Importing

  /// Imports the checkpoint; the error if there is one.
  func failure(as format: WeightFormat = .float32) -> CheckpointError? {
    do throws(CheckpointError) {
      try CheckpointImporter.importModel(at: path, weightFormat: format, to: folder.file("plan.h5"))
      return nil
    } catch { return error }
  }
}
