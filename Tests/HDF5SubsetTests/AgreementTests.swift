import HDF5
import HDF5Subset
import Plan
import SubsetChecks
import TestSupport
import Testing
import TinyPlans

/// What libhdf5 finds in a file is what this module finds, to the byte.
@Suite(.endsWithin(minutes: 2)) struct AgreementTests {
  private func compare(_ path: String, objects count: Int? = nil) throws {
    let bytes = SampleFile.bytes(path)
    let mine = try read(bytes)
    let theirs = try LibraryWalk.objects(in: path, size: bytes.count, ignoring: "x_")
    for (left, right) in zip(mine, theirs) where left != right {
      Issue.record("\(left.line) is to libhdf5 \(right.line)")
      return
    }
    #expect(mine.count == theirs.count)
    if let count { #expect(mine.count == count) }
  }

  @Test func ofEveryTypeAndForm() throws {
    let folder = try TemporaryFolder()
    try SampleFile.everything(at: folder.file("everything.h5"))
    try compare(folder.file("everything.h5"), objects: 35)
    let objects = try read(SampleFile.bytes(folder.file("everything.h5")))
    let elements = objects.compactMap { object in object.elements.map { (object.path, $0) } }
    #expect(
      Set(elements.map { "\($0.1.type)" }) == [
        "float32", "float64", "int32", "int64", "uint8", "uint16", "uint64", "text(3)",
      ])
    #expect(elements.first { $0.0 == "/group/empty" }?.1.range == 0..<0)
    #expect(elements.first { $0.0 == "/group/int32" }?.1.shape == [2, 1, 2])
  }

  @Test(arguments: WeightFormat.allCases) func ofPlans(format: WeightFormat) throws {
    let folder = try TemporaryFolder()
    try SampleFile.plan(at: folder.file("plan.h5"), format)
    try compare(folder.file("plan.h5"))
  }

  @Test func ofAPlanThatWasChanged() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("plan.h5")
    try SampleFile.plan(at: path)
    Surgery.on(path) { surgery in
      surgery.text("description", of: "/weights", String(repeating: "long ", count: 100))
      surgery.removeAttribute("layers", of: "/model/text")
      surgery.remove("/weights/text/final_norm")
      surgery.dataset("/weights/text/final_norm", [9])
      surgery.remove("/tokenizer")
      surgery.group("/tokenizer")
      surgery.group("/x_notes")
      surgery.softLink("/x_notes/link", to: "/")
      let value = StoredValue(type: .text(bytes: 2), shape: [2], bytes: Array("abcd".utf8))
      surgery.dataset("/tokenizer/texts", value)
      surgery.attribute("list", of: "/tokenizer", value)
    }
    try compare(path)
  }

  @Test func ofLargeGroupsAndTheLargestAttributes() throws {
    let folder = try TemporaryFolder()
    try write(members: 300, to: folder.file("large.h5"))
    try compare(folder.file("large.h5"), objects: 303)
  }

  private func write(members: Int, to path: String) throws {
    let file = try File.create(path, metadataBlock: 1 << 20)
    try fill(file.root(), members: members)
    try file.close()
  }

  /// A group of many members, and one of as many and as large attributes as there may be.
  private func fill(_ root: Group, members: Int) throws {
    let group = try root.createGroup("members")
    for number in 0..<members {
      _ = try group.createGroup("\(number)" + String(repeating: "n", count: 124))
    }
    let limits = SubsetLimits()
    let large = try root.createGroup("attributes")
    let bytes = [UInt8](repeating: 7, count: limits.attributeBytes)
    for number in 0..<limits.attributes {
      try large.writeAttribute("attribute\(number)", type: .uint8, shape: [bytes.count], bytes: bytes)
    }
  }
}
