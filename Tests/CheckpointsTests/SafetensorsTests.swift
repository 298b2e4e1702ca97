import Checkpoints
import Glibc
import TestSupport
import Testing

/// A safetensors file from a header and a number of data bytes.
private func safetensors(_ header: String, data: Int, length: UInt64? = nil) -> [UInt8] {
  let length = length ?? UInt64(header.utf8.count)
  return withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array(header.utf8)
    + [UInt8](repeating: 0, count: data)
}

private func entry(_ name: String, _ type: String, _ shape: String, _ start: Int, _ end: Int) -> String {
  #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(start),\#(end)]}"#
}

struct HostileHeader: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var bytes: [UInt8]
  var reason: String

  init(_ description: String, _ bytes: [UInt8], _ reason: String) {
    (testDescription, self.bytes, self.reason) = (description, bytes, reason)
  }

  static let all = [
    Self("no room for the length", [1, 2, 3], "file is shorter than the header's length field"),
    Self(
      "huge length", safetensors("{}", data: 0, length: .max), "length 18446744073709551615 is over the limit"
    ),
    Self(
      "length beyond the file", safetensors("{}", data: 0, length: 3),
      "length 3 goes beyond the file of 10 bytes"),
    Self("empty header", safetensors("", data: 4), "does not start with '{'"),
    Self("space before the object", safetensors(" {}", data: 0), "does not start with '{'"),
    Self("not JSON", safetensors("{nope}", data: 0), "is not valid JSON: a name is expected"),
    Self("text after the object", safetensors("{}x", data: 0), "something follows the value"),
    Self(
      "a tensor twice",
      safetensors("{\(entry("a", "F32", "[1]", 0, 4)),\(entry("a", "F32", "[1]", 4, 8))}", data: 8),
      "is there twice"),
    Self(
      "unknown dtype", safetensors("{\(entry("a", "F7", "[1]", 0, 4))}", data: 4),
      "has the unknown dtype 'F7'"),
    Self(
      "shape and bytes differ", safetensors("{\(entry("a", "F32", "[2]", 0, 4))}", data: 4),
      "needs 8 bytes by shape and dtype, has 4"),
    Self(
      "shape overflows",
      safetensors("{\(entry("a", "F32", "[4294967296,4294967296]", 0, 4))}", data: 4), "overflows"),
    Self(
      "negative extent", safetensors("{\(entry("a", "F32", "[-1]", 0, 4))}", data: 4), "entry is not dtype"),
    Self(
      "ends before it starts", safetensors("{\(entry("a", "F32", "[1]", 4, 0))}", data: 4),
      "ends before it starts"),
    Self(
      "a hole",
      safetensors("{\(entry("a", "F32", "[1]", 0, 4)),\(entry("b", "F32", "[1]", 8, 12))}", data: 12),
      "starts at 8, the tensor before it ends at 4"),
    Self(
      "an overlap",
      safetensors("{\(entry("a", "F32", "[2]", 0, 8)),\(entry("b", "F32", "[1]", 4, 8))}", data: 8),
      "starts at 4, the tensor before it ends at 8"),
    Self(
      "data too short", safetensors("{\(entry("a", "F32", "[2]", 0, 8))}", data: 4),
      "ends at 8, the data has 4"),
    Self("data too long", safetensors("{\(entry("a", "F32", "[1]", 0, 4))}", data: 5), "tensors end at 4"),
    Self("odd metadata", safetensors(#"{"__metadata__":{"a":1}}"#, data: 0), "is not an object of texts"),
    Self(
      "deep nesting", safetensors("{\"a\":" + String(repeating: "[", count: 100_000), data: 0),
      "nested deeper than"),
  ]
}

@Suite(.endsWithin(minutes: 1)) struct Safetensors {
  @Test(arguments: HostileHeader.all)
  func refuses(header: HostileHeader) {
    let path = "/tmp/espalier-\(getpid())-\(header.testDescription.hashValue).safetensors"
    defer { unlink(path) }
    write(header.bytes, path)
    let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(path) }
    #expect(error?.file == path)
    #expect(error?.description.contains(header.reason) ?? false, "\(error?.description ?? "")")
  }

  @Test func acceptsPaddingAndEmptyTensors() throws {
    let path = "/tmp/espalier-\(getpid())-good.safetensors"
    defer { unlink(path) }
    let header =
      "{\(entry("b", "BF16", "[2]", 4, 8)),\(entry("a", "F32", "[]", 0, 4)),\(entry("c", "F16", "[0]", 8, 8))}   "
    write(safetensors(header, data: 8), path)
    _ = try SafetensorsFile(path)
  }
}

func write(_ bytes: [UInt8], _ path: String) {
  guard let file = fopen(path, "wb") else { return }
  defer { fclose(file) }
  _ = fwrite(bytes, 1, bytes.count, file)
}
