import JSONReading
import Plan
import PlanFile

/// One safetensors file, mapped: a header that says where each tensor lies, and the tensors behind it.
package struct SafetensorsFile: Sendable {
  let mapping: MappedFile
  package let tensors: [(name: String, tensor: SourceTensor)]

  static let headerLimit = 100_000_000

  package init(_ path: String) throws(CheckpointError) {
    mapping = try mapFile(path, sizeLimit: 1 << 42)
    let bytes = mapping.bytes
    func failure(_ reason: String) -> CheckpointError {
      CheckpointError(file: path, object: "header", reason: reason)
    }
    guard bytes.count >= 8 else { throw failure("file is shorter than the header's length field") }
    let stated = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard stated <= Self.headerLimit else {
      throw failure("length \(stated) is over the limit of \(Self.headerLimit)")
    }
    let length = Int(stated)
    guard length <= bytes.count - 8 else {
      throw failure("length \(length) goes beyond the file of \(bytes.count) bytes")
    }
    let header = Array(bytes[8..<8 + length])
    guard header.first == UInt8(ascii: "{") else { throw failure("does not start with '{'") }
    guard case .object(let members) = try JSON.parse(header, path) else { throw failure("is not an object") }
    tensors = try Self.tensors(members, in: mapping, from: 8 + length)
  }

  /// Reads the entries and demands that they fill the data exactly: from its start to the end of the file,
  /// without hole or overlap.
  private static func tensors(
    _ members: JSONObject, in mapping: MappedFile, from start: Int
  ) throws(CheckpointError) -> [(name: String, tensor: SourceTensor)] {
    var entries: [(name: String, entry: Entry)] = []
    for (name, value) in members.members {
      if name == "__metadata__" {
        try checkMetadata(value, mapping.path)
      } else {
        entries.append((name, try Entry(name, value, mapping.path)))
      }
    }
    entries.sort { ($0.entry.start, $0.entry.end) < ($1.entry.start, $1.entry.end) }
    var end = 0
    let size = mapping.bytes.count - start
    for (name, entry) in entries {
      func failure(_ reason: String) -> CheckpointError {
        CheckpointError(file: mapping.path, object: name, reason: reason)
      }
      guard entry.start == end else {
        throw failure("starts at \(entry.start), the tensor before it ends at \(end)")
      }
      guard entry.end <= size else { throw failure("ends at \(entry.end), the data has \(size) bytes") }
      end = entry.end
    }
    guard end == size else {
      throw CheckpointError(
        file: mapping.path, object: "header", reason: "tensors end at \(end), the data has \(size) bytes")
    }
    return entries.map { name, entry in
      (
        name,
        SourceTensor(
          name: name, type: entry.type, shape: entry.shape,
          range: start + entry.start..<start + entry.end, mapping: mapping)
      )
    }
  }

  private static func checkMetadata(_ value: JSON, _ file: String) throws(CheckpointError) {
    let failure = CheckpointError(file: file, object: "__metadata__", reason: "is not an object of texts")
    guard case .object(let object) = value else { throw failure }
    for (_, value) in object.members {
      guard case .string = value else { throw failure }
    }
  }

  /// One tensor as the header describes it.
  private struct Entry {
    var type: SourceType
    var shape: [Int]
    var start: Int
    var end: Int

    init(_ name: String, _ value: JSON, _ file: String) throws(CheckpointError) {
      func failure(_ reason: String) -> CheckpointError {
        CheckpointError(file: file, object: name, reason: reason)
      }
      guard case .object(let object) = value, object.members.count == 3,
        case .string(let typeName)? = object["dtype"],
        let shape = Self.integers(object["shape"]), let offsets = Self.integers(object["data_offsets"]),
        offsets.count == 2
      else { throw failure("entry is not dtype, shape and two data_offsets") }
      guard let type = SourceType(rawValue: typeName) else {
        throw failure("has the unknown dtype '\(typeName.prefix(32))'")
      }
      guard offsets[0] <= offsets[1] else { throw failure("ends before it starts: \(offsets)") }
      var bytes = type.size
      for extent in shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
        if overflow { throw failure("shape \(shape) overflows") }
        bytes = product
      }
      guard bytes == offsets[1] - offsets[0] else {
        throw failure("needs \(bytes) bytes by shape and dtype, has \(offsets[1] - offsets[0])")
      }
      (self.type, self.shape, start, end) = (type, shape, offsets[0], offsets[1])
    }

    private static func integers(_ value: JSON?) -> [Int]? {
      guard case .array(let values)? = value else { return nil }
      var integers: [Int] = []
      for value in values {
        guard case .integer(let integer) = value, integer >= 0 else { return nil }
        integers.append(integer)
      }
      return integers
    }
  }
}

/// Element types of safetensors.
enum SourceType: String, Sendable {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case float8e5m2 = "F8_E5M2"
  case float8e4m3 = "F8_E4M3"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case int64 = "I64"
  case uint64 = "U64"
  case float64 = "F64"

  /// Bytes of one element.
  var size: Int {
    switch self {
    case .bool, .uint8, .int8, .float8e5m2, .float8e4m3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}
