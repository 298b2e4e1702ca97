import HDF5Subset
import SubsetChecks
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct AttributeTests {
  private static let path = "/attributes"
  private static let kind = MessageType.attribute

  /// One thing done to an attribute, at a place of its message.
  private static func refusal(
    _ what: String, _ reason: String, _ name: String, _ changes: [(place: Int, byte: UInt8)]
  ) -> Refusal {
    Refusal(what, path, reason) { surgery in
      let start = surgery.message(kind, of: path, name).body.lowerBound
      for (place, byte) in changes { surgery.set(start + place, byte) }
    }
  }

  private static let heads: [Refusal] = [
    refusal("version", "has an attribute of version 2, expected 3", "float32", [(0, 2)]),
    refusal("shared type", "has an attribute with flags 1, expected 0", "float32", [(1, 1)]),
    refusal("shared shape", "has an attribute with flags 2, expected 0", "float32", [(1, 2)]),
    refusal("characters", "has an attribute with an odd name", "float32", [(8, 1)]),
    refusal("no name", "has an attribute with an odd name", "float32", [(2, 0)]),
    refusal("empty name", "has an attribute with an odd name", "float32", [(2, 1)]),
    refusal("long name", "has an attribute with an odd name", "float32", [(2, 131)]),
    refusal("name with a slash", "has an attribute with an odd name", "float32", [(9, 0x2f)]),
    refusal("name without an end", "has an attribute with an odd name", "float32", [(16, 0x61)]),
    refusal("name with an early end", "has an attribute with an odd name", "float32", [(15, 0)]),
    refusal("one name twice", "has two attributes 'float64'", "float32", [(14, 0x36), (15, 0x34)]),
    refusal("type size", "attribute 'float32' has a header that ends too early", "float32", [(4, 19)]),
    refusal("large type size", "attribute 'float32' has a header that ends too early", "float32", [(5, 1)]),
    refusal("long type", "attribute 'float32' has 1 bytes behind its datatype", "float32", [(4, 21)]),
    refusal("shape size", "attribute 'float32' has a header that ends too early", "float32", [(6, 3)]),
    refusal("long shape", "attribute 'float32' has 1 bytes behind its dataspace", "float32", [(6, 5)]),
  ]

  private static let values: [Refusal] = [
    // Of "float32", the type starts at 17 and the shape at 37; of "uint16", at 16 and 28.
    refusal("type", "attribute 'float32' has an element type that is not", "float32", [(18, 0x21)]),
    refusal("shape", "attribute 'float32' has a dataspace of version 1", "float32", [(37, 1)]),
    refusal("nothing", "attribute 'float32' has a dataspace of kind 2", "float32", [(40, 2)]),
    refusal("two extents", "attribute 'uint16' has 2 extents, expected 0 to 1", "uint16", [(29, 2)]),
    refusal("growing", "attribute 'uint16' has extents that may grow", "uint16", [(40, 4)]),
    refusal("more elements", "attribute 'uint16' stores 6 bytes, expected 8", "uint16", [(32, 4), (40, 4)]),
    refusal("fewer elements", "attribute 'uint16' stores 6 bytes, expected 4", "uint16", [(32, 2), (40, 2)]),
    refusal("no elements", "attribute 'uint16' stores 6 bytes, expected 0", "uint16", [(32, 0), (40, 0)]),
    refusal("too long", "attribute 'uint16' is longer than 60000 bytes", "uint16", [(33, 200), (41, 200)]),
    refusal(
      "too long to address", "attribute 'uint16' has shape [4611686018427387907], too large", "uint16",
      [(39, 0x40), (47, 0x40)]),
    refusal("a negative extent", "too large to address", "uint16", [(39, 0x80), (47, 0x80)]),
  ]

  private static let infos: [Refusal] =
    [0, 1].map { place in
      Refusal("attribute info, byte \(place)", path, "has another attribute info") {
        $0.set(place, 1, in: MessageType.attributeInfo, path)
      }
    }
    + [2, 10].map { place in
      Refusal("attribute info, address at \(place)", path, "keeps its attributes in a heap") {
        $0.set(place, 0, in: MessageType.attributeInfo, path)
      }
    }

  @Test(arguments: heads + values + infos)
  func isRefusedWith(refusal: Refusal) throws { try refusal.check() }

  @Test func ofTheRootAreReadWhateverElseTheRootHolds() throws {
    var surgery = Sample.everything
    surgery.set(1, 0x1c, in: MessageType.link, "/", "deep")
    surgery.set(2, 0, in: MessageType.linkInfo, "/")
    surgery.repair()
    let attributes = try surgery.bytes.span.bytes.withUnsafeBytes {
      (raw) throws(SubsetError) -> [SubsetAttribute] in try SubsetReader(raw).rootAttributes()
    }
    #expect(attributes.map(\.name) == ["format", "format_version"])
    #expect(attributes[0].bytes == Array("sample".utf8))
    #expect(throws: SubsetError.self) { try read(surgery.bytes) }
  }
}
