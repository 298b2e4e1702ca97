import HDF5Subset
import SubsetChecks
import TestSupport
import Testing

/// A good file, one thing done to it, and what reading it must say.
struct Refusal: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let object: String
  let reason: String
  var repairs = true
  let change: @Sendable (inout SubsetSurgery) -> Void

  init(
    _ what: String, _ object: String, _ reason: String, repairs: Bool = true,
    _ change: @escaping @Sendable (inout SubsetSurgery) -> Void
  ) {
    (testDescription, self.object, self.reason) = (what, object, reason)
    (self.repairs, self.change) = (repairs, change)
  }

  func check() throws {
    var surgery = Sample.everything
    change(&surgery)
    if repairs { surgery.repair() }
    let error = try #require(throws: SubsetError.self) { try read(surgery.bytes) }
    #expect(error.object == object)
    #expect(error.reason.contains(reason), "\(error)")
    #expect(!error.reason.contains("\n"))
  }
}

/// Good files, made once.
enum Sample {
  static let everything: SubsetSurgery = {
    do {
      let folder = try TemporaryFolder()
      try SampleFile.everything(at: folder.file("everything.h5"))
      return SubsetSurgery(SampleFile.bytes(folder.file("everything.h5")))
    } catch { preconditionFailure("\(error)") }
  }()
}

/// Reads a whole file, the root's attributes first.
@discardableResult
func read(
  _ bytes: [UInt8], limits: SubsetLimits = SubsetLimits(), ignoring prefix: String? = "x_"
) throws(SubsetError) -> [SubsetObject] {
  try bytes.span.bytes.withUnsafeBytes { (raw) throws(SubsetError) -> [SubsetObject] in
    let reader = try SubsetReader(raw, limits: limits)
    _ = try reader.rootAttributes()
    return try reader.objects(ignoring: prefix)
  }
}
