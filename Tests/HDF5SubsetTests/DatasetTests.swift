import HDF5Subset
import SubsetChecks
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct DatasetTests {
  private static let bytes = "/group/uint8"
  private static let (layout, space, type) = (MessageType.layout, MessageType.dataspace, MessageType.datatype)

  private static let layouts: [Refusal] = [
    Refusal("old layout", bytes, "has a data layout of version 3, expected 4") {
      $0.set(0, 3, in: layout, bytes)
    },
    Refusal("compact", bytes, "is compact, expected contiguous") { $0.set(1, 0, in: layout, bytes) },
    Refusal("chunked", bytes, "is chunked, expected contiguous") { $0.set(1, 2, in: layout, bytes) },
    Refusal("virtual", bytes, "is virtual, expected contiguous") { $0.set(1, 3, in: layout, bytes) },
    Refusal("unknown layout", bytes, "has a data layout of class 4") { $0.set(1, 4, in: layout, bytes) },
    Refusal("too few bytes", bytes, "stores 255 bytes, expected 256") {
      $0.set($0.at(10, layout, bytes), number: 255, bytes: 8)
    },
    Refusal("no place", bytes, "has no place in the file") {
      $0.set($0.at(2, layout, bytes), number: .max, bytes: 8)
    },
    Refusal("a place that may change", bytes, "has no place in the file") {
      $0.set($0.message(layout, of: bytes).start + 3, 0)
    },
    Refusal("behind the file", bytes, "lies outside the file") {
      $0.set($0.at(2, layout, bytes), number: UInt64($0.bytes.count) - 255, bytes: 8)
    },
    Refusal("beyond all files", bytes, "lies outside the file") {
      $0.set($0.at(2, layout, bytes), number: .max - 1, bytes: 8)
    },
    Refusal("empty with a place", "/group/empty", "has a place but no elements") {
      $0.set($0.at(2, layout, "/group/empty"), number: 48, bytes: 8)
    },
    Refusal("empty and constant", "/group/empty", "has a place but no elements") {
      $0.set($0.message(layout, of: "/group/empty").start + 3, 1)
    },
  ]

  private static let overlaps: [Refusal] = [
    overlap("the superblock", "shares bytes with /") { _ in 47 },
    overlap("another dataset", "shares bytes with /group/page") {
      $0.number($0.at(2, layout, "/group/page"), bytes: 8) + 4095
    },
    overlap("a header", "shares bytes with /deep") { UInt64($0.header("/deep").address + 1) },
  ]

  private static func overlap(
    _ what: String, _ reason: String, _ address: @escaping @Sendable (SubsetSurgery) -> UInt64
  ) -> Refusal {
    Refusal("overlaps \(what)", bytes, reason) {
      $0.set($0.at(2, layout, bytes), number: address($0), bytes: 8)
    }
  }

  private static let spaces: [Refusal] = [
    Refusal("version", bytes, "has a dataspace of version 1, expected 2") { $0.set(0, 1, in: space, bytes) },
    Refusal("scalar", bytes, "has 0 extents, expected 1 to 3") {
      $0.set($0.at(0, space, bytes), [2, 0, 0, 0])
    },
    Refusal("nothing", bytes, "has a dataspace of kind 2") { $0.set(3, 2, in: space, bytes) },
    Refusal("scalar with extents", bytes, "has a dataspace of kind 0") { $0.set(3, 0, in: space, bytes) },
    Refusal("without greatest extents", bytes, "has a dataspace of kind 1 with flags 0") {
      $0.set(2, 0, in: space, bytes)
    },
    Refusal("four extents", bytes, "has 4 extents, expected 1 to 3") { $0.set(1, 4, in: space, bytes) },
    Refusal("more extents than bytes", bytes, "has a header that ends too early") {
      $0.set(1, 3, in: space, bytes)
    },
    Refusal("fewer extents than bytes", bytes, "has extents that may grow") {
      $0.extents(bytes, [16, 17, 16, 16])
    },
    Refusal("one extent of two", "/group/int64", "has 16 bytes behind its dataspace") {
      $0.remove(space, of: "/group/int64")
      var message = $0.whole(space, of: bytes)
      message[5] = 1
      message.replaceSubrange(16..<24, with: message[8..<16])
      $0.insert(message, into: "/group/int64")
    },
    Refusal("unlimited", bytes, "has extents that may grow") { $0.extents(bytes, [16, 16, .max, 16]) },
    Refusal("extent too large", bytes, "has an extent of 9223372036854775808, too large to address") {
      $0.extents(bytes, [16, 1 << 63, 16, 1 << 63])
    },
    Refusal("shape too large", bytes, "has shape [4294967296, 4294967296], too large to address") {
      $0.extents(bytes, [1 << 32, 1 << 32, 1 << 32, 1 << 32])
    },
    Refusal("shape larger than the place", bytes, "stores 256 bytes, expected 272") {
      $0.extents(bytes, [16, 17, 16, 17])
    },
  ]

  private static let types: [Refusal] = [
    Refusal("big-endian", bytes, "element type that is not in the subset") { $0.set(1, 1, in: type, bytes) },
    Refusal("three bytes", bytes, "element type that is not in the subset") { $0.set(4, 3, in: type, bytes) },
    Refusal("seven bits", bytes, "element type that is not in the subset") { $0.set(10, 7, in: type, bytes) },
    Refusal("newer version", bytes, "element type that is not in the subset") {
      $0.set(0, 0x30, in: type, bytes)
    },
    Refusal("opaque", bytes, "element type that is not in the subset") { $0.set(0, 0x15, in: type, bytes) },
    Refusal("empty texts", "/group/text", "has texts of 0 bytes") { $0.set(4, 0, in: type, "/group/text") },
    Refusal("endless texts", "/group/text", "has texts of 4294967295 bytes") {
      $0.set($0.at(4, type, "/group/text"), number: .max, bytes: 4)
    },
    Refusal("text that ends in a zero", "/group/text", "element type that is not in the subset") {
      $0.set(1, 0x10, in: type, "/group/text")
    },
    Refusal("ASCII", "/group/text", "element type that is not in the subset") {
      $0.set(1, 0x01, in: type, "/group/text")
    },
    Refusal("a longer type", "/group/text", "bytes behind its datatype") {
      let message = $0.longText()
      $0.remove(type, of: "/group/text")
      $0.insert(message, into: "/group/text")
    },
  ]

  private static let fills: [Refusal] = [0, 1].map { place in
    Refusal("fill value, byte \(place)", bytes, "has another fill value") {
      $0.set(place, 9, in: MessageType.fillValue, bytes)
    }
  }

  @Test(arguments: layouts + overlaps + spaces + types + fills)
  func isRefusedWith(refusal: Refusal) throws { try refusal.check() }

  @Test(arguments: ["float32", "float64", "int32", "int64", "uint8", "uint16", "uint64"])
  func isOfAnotherTypeOrNoneWithAnyBitOfTheType(name: String) throws {
    var surgery = Sample.everything
    let body = surgery.message(MessageType.datatype, of: "/group/\(name)").body
    for place in body {
      for bit in 0..<8 {
        surgery.set(place, surgery.bytes[place] ^ 1 << UInt8(bit))
        surgery.repair()
        let found = try? read(surgery.bytes).first { $0.path == "/group/\(name)" }
        #expect(found?.elements?.type.description != name)
        surgery.undo()
      }
    }
  }
}

extension SubsetSurgery {
  /// Sets the extents of two, then the greatest.
  fileprivate mutating func extents(_ path: String, _ extents: [UInt64]) {
    for (place, extent) in extents.enumerated() {
      set(at(4 + 8 * place, MessageType.dataspace, path), number: extent, bytes: 8)
    }
  }

  /// A type of texts with four bytes too many.
  fileprivate func longText() -> [UInt8] {
    var message = whole(MessageType.datatype, of: "/group/text") + [0, 0, 0, 0]
    message[1] += 4
    return message
  }
}
