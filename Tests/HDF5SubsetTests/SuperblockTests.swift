import HDF5Subset
import SubsetChecks
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct SuperblockTests {
  @Test(
    arguments: [
      Refusal("signature", "/", "is not an HDF5 file") { $0.set(0, 0) },
      Refusal("version", "/", "has HDF5 superblock version 2, expected 3") { $0.set(8, 2) },
      Refusal("size of offsets", "/", "offsets of 4 and lengths of 8 bytes") { $0.set(9, 4) },
      Refusal("size of lengths", "/", "offsets of 8 and lengths of 2 bytes") { $0.set(10, 2) },
      Refusal("consistency flags", "/", "was not closed by its writer") { $0.set(11, 1) },
      Refusal("base address", "/", "does not start at the beginning") { $0.set(13, 1) },
      Refusal("extension", "/", "has a superblock extension") { $0.set(20, number: 48, bytes: 8) },
      Refusal("end of the file", "/", "truncated or appended to") { $0.set(28, $0.bytes[28] ^ 1) },
      Refusal("root outside", "/", "has its header outside of the file") {
        $0.set(36, number: UInt64($0.bytes.count) - 5, bytes: 8)
      },
      Refusal("root at the last address", "/", "has its header outside of the file") {
        $0.set(36, number: .max, bytes: 8)
      },
      Refusal("root elsewhere", "/", "has no version 2 header at 49") { $0.set(36, number: 49, bytes: 8) },
      Refusal("root is a dataset", "/", "is a dataset, expected a group") {
        $0.set(36, number: UInt64($0.header("/group/uint8").address), bytes: 8)
      },
      Refusal("checksum", "/", "has a superblock that is damaged", repairs: false) {
        $0.set(44, $0.bytes[44] ^ 1)
      },
    ])
  func isRefusedWith(refusal: Refusal) throws { try refusal.check() }

  @Test func refusesEveryBeginningOfAFile() throws {
    let bytes = Sample.everything.bytes
    for count in Array(0..<100) + [bytes.count - 1] {
      let error = #expect(throws: SubsetError.self) { try read(Array(bytes.prefix(count))) }
      #expect(error?.object == "/")
    }
    #expect(throws: SubsetError("/", "is truncated: 47 bytes")) { try read(Array(bytes.prefix(47))) }
    #expect(throws: SubsetError("/", "is not an HDF5 file")) { try read([]) }
    let longer = "has \(bytes.count + 1) bytes where its header says \(bytes.count): truncated or appended to"
    #expect(throws: SubsetError("/", longer)) { try read(bytes + [0]) }
  }
}
