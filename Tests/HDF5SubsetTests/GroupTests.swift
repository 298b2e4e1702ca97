import HDF5Subset
import SubsetChecks
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct GroupTests {
  private static let deep = "/deep"
  private static let level = "/deep/level2"
  private static let members = "/members"
  private static let member = "member-3_of_many"

  private static let infos: [Refusal] =
    [
      Refusal("links in a heap", deep, "keeps its links in a heap") {
        $0.set(2, 0, in: MessageType.linkInfo, deep)
      },
      Refusal("links in a tree", deep, "keeps its links in a heap") {
        $0.set(17, 0, in: MessageType.linkInfo, deep)
      },
    ]
    + [0, 1].map { place in
      Refusal("link info, byte \(place)", deep, "has another link info") {
        $0.set(place, 1, in: MessageType.linkInfo, deep)
      }
    }
    + (0..<6).map { place in
      Refusal("group info, byte \(place)", deep, "has another group info") {
        $0.set(place, 2, in: MessageType.groupInfo, deep)
      }
    }

  private static let links: [Refusal] = [
    Refusal("version", deep, "has a link of version 2, expected 1") {
      $0.set(0, 2, in: MessageType.link, deep)
    },
    Refusal("soft link", members, "has a link of type 1; only hard links are allowed") {
      $0.set(1, 8, in: MessageType.link, members, member)
      $0.set($0.at(-1, MessageType.link, members, member) + 3, 1)
    },
    Refusal("order", deep, "has a link with flags 4, expected 0") {
      $0.set(1, 4, in: MessageType.link, deep)
    },
    Refusal("characters", deep, "has a link with flags 16, expected 0") {
      $0.set(1, 16, in: MessageType.link, deep)
    },
    Refusal("long length", deep, "has a link with flags 1, expected 0") {
      $0.set(1, 1, in: MessageType.link, deep)
    },
    Refusal("no name", deep, "has a member with an odd name") { $0.set(2, 0, in: MessageType.link, deep) },
    Refusal("name beyond the message", deep, "has a header that ends too early") {
      $0.set(2, 100, in: MessageType.link, deep)
    },
    Refusal("name without an address behind it", deep, "has a header that ends too early") {
      $0.set(2, 7, in: MessageType.link, deep)
    },
    Refusal("bytes behind the address", deep, "bytes behind its link 'level'") {
      $0.set(2, 5, in: MessageType.link, deep)
    },
    Refusal("one name twice", members, "has two members 'member-2_of_many'") {
      $0.set(3 + 7, UInt8(ascii: "2"), in: MessageType.link, members, member)
    },
  ]

  private static let names: [Refusal] =
    ([0, 0x1f, 0x20, 0x2e, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x80, 0xff] as [UInt8])
    .map { byte in
      Refusal("name with byte \(byte)", deep, "has a member with an odd name") {
        $0.set(3, byte, in: MessageType.link, deep)
      }
    }

  /// Where links lead.
  private static let targets: [Refusal] = [
    target("outside", level, "has its header outside of the file") { UInt64($0.bytes.count) },
    target("beyond all files", level, "has its header outside of the file") { _ in .max - 3 },
    target("into a header", level, "has no version 2 header at") {
      UInt64($0.header("/group").address + 4)
    },
    target("up", level, "is reached twice: it is also /deep") { UInt64($0.header(deep).address) },
    target("to the root", level, "is reached twice: it is also /") { UInt64($0.header("/").address) },
    target("to another's member", "/group/uint8", "is reached twice: it is also /deep/level2") {
      UInt64($0.header("/group/uint8").address)
    },
  ]

  private static func target(
    _ what: String, _ object: String, _ reason: String,
    _ address: @escaping @Sendable (SubsetSurgery) -> UInt64
  ) -> Refusal {
    Refusal(what, object, reason) { surgery in
      let place = surgery.message(MessageType.link, of: deep).body.upperBound - 8
      surgery.set(place, number: address(surgery), bytes: 8)
    }
  }

  @Test(arguments: infos + links + names + targets)
  func isRefusedWith(refusal: Refusal) throws { try refusal.check() }

  @Test func leavesAloneWhatIsIgnored() throws {
    var surgery = Sample.everything
    surgery.set(surgery.header("/x_other").address, [UInt8](repeating: 0xff, count: 12))
    #expect(try read(surgery.bytes) == read(Sample.everything.bytes))
    let error = #expect(throws: SubsetError.self) { try read(surgery.bytes, ignoring: nil) }
    #expect(error?.object == "/x_other")
  }
}
