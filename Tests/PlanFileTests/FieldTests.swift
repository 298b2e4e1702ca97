import HDF5Subset
import TestSupport
import Testing

@testable import Plan
@testable import PlanFile

/// How a field of a later minor version is written and read.
@Suite("A field of a later minor version", .endsWithin(minutes: 1)) struct FieldTests {
  /// A record that has grown twice.
  private struct Grown: AttributeRecord, Equatable {
    var width = 1
    var depth = 2
    var hint = ""
    static var blank: Self { Self() }
    static var fields: [AttributeField<Self>] {
      [
        .init("width", \.width), .init("depth", \.depth, since: 2),
        .init("hint", \.hint, since: 3, isOptional: true),
      ]
    }
  }

  private func written(_ record: Grown) -> AttributeSet {
    var set = AttributeSet()
    set.put(record)
    return set
  }

  @Test func `is not written where it has its default, so that the plan stays as old as it can be`() {
    let set = written(Grown(width: 7))
    #expect(set.values == ["width": .integer(7)] && set.minor == 0)
  }

  @Test func `asks for the version that brought it where it has not`() {
    let set = written(Grown(width: 7, depth: 3))
    #expect(set.values == ["width": .integer(7), "depth": .integer(3)] && set.minor == 2)
  }

  @Test func `is marked where readers may do without it`() {
    let set = written(Grown(hint: "x"))
    #expect(set.values["optional"] == .texts(["hint"]) && set.minor == 3)
  }

  @Test(arguments: [[2, 0], [5, 0], [2, 1]]) func `comes back as it was written`(values: [Int]) throws {
    let record = Grown(width: values[0], depth: values[0], hint: values[1] == 0 ? "" : "y")
    var set = written(record)
    #expect(try set.take(of: "/x") == record)
    try set.finish("/x", FormatVersion(major: 1, minor: 3))
  }

  @Test func `takes its default from an older plan, which another field does not`() throws {
    var set = AttributeSet(["width": .integer(4)])
    #expect(try set.take(of: "/x") == Grown(width: 4))
    set = AttributeSet(["depth": .integer(4)])
    #expect(throws: Flaw("/x", "attribute 'width' is missing")) { try set.take(of: "/x") as Grown }
  }

  @Test func `gives the plan the version that it needs`() throws {
    var builder = TreeBuilder()
    builder.group("/", "all")
    builder.group("/part", "a part", written(Grown(depth: 9)))
    builder.array(
      DatasetSchema("/part/numbers", "numbers", since: 4, isOptional: true), [1, 2] as [Int32])
    builder.finish()
    #expect(builder.tree.groups["/"]?.values["format_version"] == .integers([1, 4]))
    #expect(builder.tree.groups["/part"]?.optionalNames == ["numbers"])
  }
}
