import HDF5Subset
import SubsetChecks
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct LimitTests {
  /// A limit, what the good file needs, the object that exceeds one less, and how.
  struct Limit: Sendable {
    var needed: Int
    var object: String
    var reason: String
    var set: @Sendable (inout SubsetLimits, Int) -> Void

    init(
      _ needed: Int, _ object: String, _ reason: String,
      _ set: @escaping @Sendable (inout SubsetLimits, Int) -> Void
    ) { (self.needed, self.object, self.reason, self.set) = (needed, object, reason, set) }
  }

  private static let limits: [Limit] = [
    Limit(34, "/", "has more than 33 objects") { $0.objects = $1 },
    Limit(12, "/members", "has more than 11 members") { $0.members = $1 },
    Limit(8, "/deep/level2/level3/level4/level5/level6/level7/level8", "is nested deeper than 7") {
      $0.depth = $1
    },
    Limit(9, "/attributes", "has more than 8 attributes") { $0.attributes = $1 },
    Limit(16, "/", "attribute 'format_version' is longer than 15 bytes") { $0.attributeBytes = $1 },
    Limit(6, "/", "attribute 'format' has texts of 6 bytes, expected 1 to 5") { $0.textBytes = $1 },
    Limit(11, "/members", "has a header of more than 10 chunks") { $0.chunks = $1 },
  ]

  @Test(arguments: limits) func isWhatMayBeThere(limit: Limit) throws {
    var limits = SubsetLimits()
    limit.set(&limits, limit.needed)
    try read(Sample.everything.bytes, limits: limits)
    limit.set(&limits, limit.needed - 1)
    #expect(throws: SubsetError(limit.object, limit.reason)) {
      try read(Sample.everything.bytes, limits: limits)
    }
  }

  @Test func ofHeaderBytesIsThatOfAllHeaders() throws {
    let headers = Sample.everything.headers.filter { !$0.path.hasPrefix("/x_") }
    var limits = SubsetLimits()
    limits.headerBytes = headers.flatMap(\.chunks).reduce(0) { $0 + $1.count + 4 }
    try read(Sample.everything.bytes, limits: limits)
    limits.headerBytes -= 1
    let error = #expect(throws: SubsetError.self) { try read(Sample.everything.bytes, limits: limits) }
    #expect(error?.reason.contains("exceed \(limits.headerBytes) bytes together") == true)
  }

  @Test func ofMembersAreThoseThatPlansMayHave() throws {
    for more in 0...1 {
      var file = CraftedFile()
      let members = (0..<4096 + more).map { ("member\($0)", file.group([])) }
      let root = file.group(members)
      let bytes = file.finished(root: root)
      if more == 0 {
        #expect(try read(bytes).count == 4097)
      } else {
        #expect(throws: SubsetError("/", "has more than 4096 members")) { try read(bytes) }
      }
    }
  }
}
