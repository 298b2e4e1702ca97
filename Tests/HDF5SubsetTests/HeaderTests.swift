import HDF5Subset
import SubsetChecks
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct HeaderTests {
  private static let group = "/group"
  private static let deep = "/deep"

  private static let prefixes: [Refusal] = [
    Refusal("signature", group, "has no version 2 header at") { $0.set($0.header(group).address, 0) },
    Refusal("version", group, "has a header of version 1, expected 2") {
      $0.set($0.header(group).address + 4, 1)
    },
    Refusal("times", group, "stores times") { $0.set($0.header(group).address + 5, 0x30) },
    Refusal("order of attributes", group, "has a header with flags 20") {
      $0.set($0.header(group).address + 5, 0x14)
    },
    Refusal("no limits of attributes", group, "has a header with flags 0") {
      $0.set($0.header(group).address + 5, 0)
    },
    Refusal("reserved flag", group, "has a header with flags 80") {
      $0.set($0.header(group).address + 5, 0x50)
    },
    Refusal("size of 8 bytes", group, "has a header with flags 19") {
      $0.set($0.header(group).address + 5, 0x13)
    },
    Refusal("limits of attributes", group, "other limits of compact attributes") {
      $0.set($0.header(group).address + 6, 0xfe)
    },
    Refusal("size beyond the file", group, "has its header outside of the file") {
      $0.set($0.header(group).address + 5, 0x12)
    },
    Refusal("checksum", group, "has a header that is damaged", repairs: false) {
      $0.set($0.header(group).chunks[0].upperBound, $0.bytes[$0.header(group).chunks[0].upperBound] ^ 1)
    },
    Refusal("changed name", group, "has a header that is damaged", repairs: false) {
      $0.set(3, UInt8(ascii: "F"), in: MessageType.link, group, "float32")
    },
  ]

  private static let chunks: [Refusal] = [
    Refusal("gap with content", "/members", "has bytes behind the messages") {
      $0.set($0.gap(of: "/members").gap, 1)
    },
    Refusal("gap and filler", group, "has bytes behind the messages") { surgery in
      surgery.set(surgery.gap(of: group).message, 0)
      surgery.set(surgery.gap(of: group).message + 3, 0)
    },
    Refusal("message beyond its chunk", deep, "of type 0 that is longer than its chunk") {
      $0.set($0.message(MessageType.empty, of: deep).start + 1, number: 65535, bytes: 2)
    },
    Refusal("filler with flags", deep, "has an empty header message with flags 1") {
      $0.set($0.message(MessageType.empty, of: deep).start + 3, 1)
    },
    Refusal("continuation with flags", group, "has a header continuation of another form") {
      $0.set($0.message(MessageType.continuation, of: group).start + 3, 1)
    },
    Refusal("continuation outside", group, "has its header continuation outside of the file") {
      $0.set($0.at(0, MessageType.continuation, group), number: UInt64($0.bytes.count), bytes: 8)
    },
    Refusal("continuation longer than the file", group, "has its header outside of the file") {
      $0.set($0.at(8, MessageType.continuation, group), number: .max, bytes: 8)
    },
    Refusal("continuation too short", group, "has a header of 7 bytes, too short") {
      $0.set($0.at(8, MessageType.continuation, group), number: 7, bytes: 8)
    },
    Refusal("continuation elsewhere", group, "has no header continuation at 48") {
      $0.set($0.at(0, MessageType.continuation, group), number: 48, bytes: 8)
    },
    Refusal("one continuation twice", group, "shares bytes with /group") {
      $0.insert([16, 16, 0, 0] + $0.bytes[$0.message(MessageType.continuation, of: group).body], into: group)
    },
  ]

  /// Messages of other writers, and of none.
  private static let foreign: [Refusal] = [
    (4, "a fill value of an old form"), (7, "keeps its data in another file"), (9, "of type 9"),
    (11, "has filters"), (13, "has a comment"), (14, "stores times"), (15, "of type 15"),
    (17, "has a symbol table"), (18, "stores times"), (19, "of type 19"), (20, "of type 20"),
    (22, "is linked more than once"), (23, "of type 23"), (255, "of type 255"),
  ].map { type, reason in
    Refusal("message \(type)", deep, reason) { $0.set($0.message(MessageType.empty, of: deep).start, type) }
  }

  /// Each message with each flag changed.
  private static let flags: [Refusal] = [
    (MessageType.linkInfo, deep, "link info"), (MessageType.groupInfo, deep, "group info"),
    (MessageType.link, deep, "link"), (MessageType.attribute, "/attributes", "attribute"),
    (MessageType.attributeInfo, "/attributes", "attribute info"),
    (MessageType.dataspace, "/group/uint8", "dataspace"), (MessageType.datatype, "/group/uint8", "datatype"),
    (MessageType.fillValue, "/group/uint8", "fill value"),
  ].flatMap { type, path, name in
    (0..<8).map { bit in
      Refusal("flag \(bit) of \(name)", path, "at its \(name), expected") {
        let place = $0.message(type, of: path).start + 3
        $0.set(place, $0.bytes[place] ^ 1 << UInt8(bit))
      }
    }
  }

  private static let kinds: [Refusal] = [
    Refusal("nothing", deep, "is neither a group nor a dataset") {
      $0.remove(MessageType.linkInfo, of: deep)
    },
    Refusal("group without info", deep, "has no group info") { $0.remove(MessageType.groupInfo, of: deep) },
    Refusal("named datatype", "/group/uint8", "is neither a group nor a dataset") {
      for type in [MessageType.dataspace, MessageType.layout, MessageType.fillValue] {
        $0.remove(type, of: "/group/uint8")
      }
    },
    Refusal("dataset without type", "/group/uint8", "has no datatype") {
      $0.remove(MessageType.datatype, of: "/group/uint8")
    },
    Refusal("dataset without place", "/group/uint8", "has no data layout") {
      $0.remove(MessageType.layout, of: "/group/uint8")
    },
    Refusal("dataset without filling", "/group/uint8", "has no fill value") {
      $0.remove(MessageType.fillValue, of: "/group/uint8")
    },
    Refusal("group with a type", deep, "is a group with a datatype") {
      $0.insert($0.whole(MessageType.datatype, of: "/group/uint8"), into: deep)
    },
    Refusal("dataset with a member", "/group/uint16", "is a dataset with a link") {
      $0.insert($0.whole(MessageType.link, of: "/", "deep"), into: "/group/uint16")
    },
    Refusal("two of a kind", deep, "has a second link info") {
      $0.insert($0.whole(MessageType.linkInfo, of: deep), into: deep)
    },
    Refusal("attributes without info", "/group/float64", "has attributes without attribute info") {
      $0.remove(MessageType.attributeInfo, of: "/group/float64")
    },
  ]

  @Test(arguments: prefixes + chunks + foreign + flags + kinds)
  func isRefusedWith(refusal: Refusal) throws { try refusal.check() }

  @Test func damagedByAnyByteIsRefused() throws {
    var surgery = Sample.everything
    for header in surgery.headers where !header.path.hasPrefix("/x_") {
      for chunk in header.chunks {
        for place in stride(from: chunk.lowerBound, to: chunk.upperBound + 4, by: 3) {
          surgery.set(place, surgery.bytes[place] ^ 0x10)
          #expect(throws: SubsetError.self) { try read(surgery.bytes) }
          surgery.undo()
        }
      }
    }
  }
}
