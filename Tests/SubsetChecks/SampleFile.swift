import Glibc
import HDF5
public import Plan
import PlanFile
import PlanWriting
import TinyPlans

/// Good files, written by the project's writer.
public enum SampleFile {
  /// A file with all types, ranks and forms of attributes that the subset has, groups in groups, a header in many
  /// chunks, and room that was freed.
  public static func everything(at path: String) throws {
    let file = try File.create(path)
    try fill(file)
    try file.close()
    Surgery.on(path) { surgery in
      surgery.removeAttribute("gone", of: "/group")
      surgery.remove("/group/gone")
    }
  }

  private static func fill(_ file: File) throws {
    let root = try file.root()
    try root.writeAttribute("format", "sample")
    try root.writeAttribute("format_version", [1, 0] as [Int64])
    let group = try root.createGroup("group")
    try group.writeAttribute("gone", "a text that will be removed")
    try group.createDataset("float32", [1.5, -0.25, .infinity] as [Float])
    try group.createDataset("float64", [.pi, 0] as [Double], shape: [1, 2]).writeAttribute("error", 0.5)
    try group.createDataset("int32", [1, 2, 3, 4] as [Int32], shape: [2, 1, 2])
    try group.createDataset("gone", [1, 2, 3] as [Float])
    try group.createDataset("int64", [.min] as [Int64])
    try group.createDataset("uint8", Array(0...255) as [UInt8], shape: [16, 16])
    try group.createDataset("uint16", [65535, 3] as [UInt16])
    try group.createDataset("uint64", [.max] as [UInt64])
    try group.createDataset("empty", [] as [Float])
    try group.createDataset("page", [Float](repeating: 0.5, count: 1024))
    let text = try group.createDataset("text", type: .text(bytes: 3), shape: [2])
    try text.write(rows: 0..<2, bytes: Array("ab\0cde".utf8).span.bytes)
    let attributes = try root.createGroup("attributes")
    try attributes.writeAttribute("text", "grün")
    try attributes.writeAttribute("texts", type: .text(bytes: 2), shape: [2], bytes: Array("abcd".utf8))
    try attributes.writeAttribute("float32", 0.5 as Float)
    try attributes.writeAttribute("float64", [0.5, 1] as [Double])
    try attributes.writeAttribute("int32", 7 as Int32)
    try attributes.writeAttribute("int64", [] as [Int64])
    try attributes.writeAttribute("uint8", 1 as UInt8)
    try attributes.writeAttribute("uint16", [1, 2, 3] as [UInt16])
    try attributes.writeAttribute("uint64", 1 as UInt64)
    var inner = try root.createGroup("deep")
    for level in 2...SubsetDepth.groups { inner = try inner.createGroup("level\(level)") }
    try inner.createDataset("bottom", [1, 2] as [Int32])
    let members = try root.createGroup("members")
    for number in 0..<12 { _ = try members.createGroup("member-\(number)_of_many") }
    try root.createGroup("x_other").createDataset("ignored", [1] as [Int32])
  }

  /// A plan with every part.
  public static func plan(at path: String, _ format: WeightFormat = .float32) throws {
    try PlanWriter.write(TinyPlan.contents(format), weights: CountingWeights(), to: path)
  }

  /// Bytes of a file.
  public static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: max(0, ftell(file)))
    rewind(file)
    return fread(&bytes, 1, bytes.count, file) == bytes.count ? bytes : []
  }
}

private enum SubsetDepth { static let groups = 8 }
