import HDF5Subset
import SubsetChecks
import TestSupport
import Testing

/// Files that would keep a careless reader busy for hours. A test takes moments here.
@Suite(.endsWithin(minutes: 1)) struct HostileFileTests {
  private static let names = (0..<4000).map { "member\($0)" }

  /// Reads a file that must be refused, soon.
  private func refuse(_ bytes: [UInt8], _ object: String, _ reason: String) throws {
    var error: SubsetError?
    let time = ContinuousClock().measure {
      error = #expect(throws: SubsetError.self) { try read(bytes) }
    }
    #expect(error?.object == object)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(time < .seconds(5))
  }

  @Test func aGroupWithThousandsOfNamesIsReadOnce() throws {
    var file = CraftedFile()
    let leaf = file.group([])
    let group = file.group(Self.names.map { ($0, leaf) })
    let root = file.group(Self.names.map { ($0, group) })
    try refuse(file.finished(root: root), "/member0/member1", "is reached twice: it is also /member0/member0")
  }

  @Test func aChunkThatThousandsOfHeadersShareIsNotReadThousandsOfTimes() throws {
    var file = CraftedFile()
    let filler = CraftedFile.message(MessageType.empty, [UInt8](repeating: 0, count: 65535))
    let chunk = CraftedFile.chunk((0..<100).flatMap { _ in filler })
    let place = file.append(chunk)
    let more = CraftedFile.continuation(place, chunk.count)
    let groups = Self.names.map { name in (name, file.group([], more)) }
    let root = file.group(groups)
    try refuse(file.finished(root: root), "/member1", "shares bytes with /member0")
  }

  @Test func chunksInsideOfChunksAreNotReadForEachOfThem() throws {
    var file = CraftedFile()
    var chunk = CraftedFile.chunk([])
    var sizes: [Int] = []
    while chunk.count < 60_000 {
      sizes.append(chunk.count)
      chunk = CraftedFile.chunk(CraftedFile.message(MessageType.empty, chunk))
    }
    let end = file.append(chunk) + chunk.count
    let groups = zip(Self.names, sizes.indices).map { name, depth in
      // Around each chunk lie a signature and a message's frame in front, and a checksum behind.
      let behind = 4 * (sizes.count - depth)
      let more = CraftedFile.continuation(end - behind - sizes[depth], sizes[depth])
      return (name, file.group([], more))
    }
    let root = file.group(groups)
    let bytes = file.finished(root: root)
    let error = #expect(throws: SubsetError.self) { try read(bytes) }
    #expect(error?.reason.contains("has headers that overlap") == true, "\(error?.reason ?? "")")
  }

  @Test func twoHeadersThatOverlapAreRefused() throws {
    var file = CraftedFile()
    let inner = CraftedFile.chunk(CraftedFile.message(MessageType.empty, [1, 2, 3]))
    let outer = CraftedFile.chunk(CraftedFile.message(MessageType.empty, inner))
    let place = file.append(outer)
    let root = file.group([
      ("a", file.group([], CraftedFile.continuation(place, outer.count))),
      ("b", file.group([], CraftedFile.continuation(place + 8, inner.count))),
    ])
    file.append([UInt8](repeating: 0, count: 100))
    try refuse(file.finished(root: root), "/b", "shares bytes with /a")
  }

  @Test func aChunkIsReadOnceAHeader() throws {
    var file = CraftedFile()
    let chunk = CraftedFile.chunk([])
    let place = file.append(chunk)
    let more = CraftedFile.continuation(place, chunk.count)
    let root = file.group([("a", file.group([], more + more))])
    try refuse(file.finished(root: root), "/a", "shares bytes with /a")
  }

  @Test func aChunkThatLeadsToItselfEnds() throws {
    var file = CraftedFile()
    let place = file.bytes.count
    let chunk = CraftedFile.chunk(CraftedFile.continuation(place, 28))
    file.append(chunk)
    let root = file.group([], CraftedFile.continuation(place, chunk.count))
    try refuse(file.finished(root: root), "/", "shares bytes with /")
  }

  @Test func groupsWithoutEndAreNotFollowed() throws {
    var file = CraftedFile()
    var group = file.group([])
    for _ in 0..<100_000 { group = file.group([("g", group)]) }
    try refuse(file.finished(root: group), "/g/g/g/g/g/g/g/g/g", "is nested deeper than 8")
  }

  @Test func millionsOfEmptyMessagesAreReadAtOnce() throws {
    var file = CraftedFile()
    let root = file.group([], [UInt8](repeating: 0, count: 4_000_000))
    let bytes = file.finished(root: root)
    var objects: [SubsetObject] = []
    let time = try ContinuousClock().measure { objects = try read(bytes) }
    #expect(objects.map(\.path) == ["/"])
    #expect(time < .seconds(5))
  }
}
