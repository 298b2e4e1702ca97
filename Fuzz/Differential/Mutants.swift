import HDF5Subset
import SubsetChecks

/// Changed copies of good files, each made again from its number.
struct Mutants {
  /// Members of the root that nobody looks at.
  static let ignored = "x_"

  private let seed: UInt64
  private var originals: [SubsetSurgery]
  /// The good files.
  let paths: [String]

  init(seed: UInt64, folder: String) throws {
    self.seed = seed
    paths = ["everything", "plan"].map { "\(folder)/\($0).h5" }
    try SampleFile.everything(at: paths[0])
    try SampleFile.plan(at: paths[1])
    originals = paths.map { SubsetSurgery(SampleFile.bytes($0)) }
  }

  /// Place of the good file that a mutant is made of: mostly the small one, which has all forms.
  func original(of number: Int) -> Int { number % 4 == 3 ? 1 : 0 }

  /// Makes a mutant for as long as `body` runs.
  mutating func withMutant<Result>(_ number: Int, _ body: (SubsetSurgery) throws -> Result) rethrows -> Result
  {
    let place = original(of: number)
    var mutator = Mutator(seed: seed, number: number)
    mutator.mutate(&originals[place])
    defer { originals[place].undo() }
    return try body(originals[place])
  }

  /// Reads bytes with this project's reader.
  static func read(_ bytes: [UInt8]) throws(SubsetError) -> [SubsetObject] {
    try bytes.span.bytes.withUnsafeBytes { (raw) throws(SubsetError) -> [SubsetObject] in
      let reader = try SubsetReader(raw)
      let attributes = try reader.rootAttributes()
      let objects = try reader.objects(ignoring: ignored)
      guard objects.first?.attributes == attributes else {
        throw SubsetError("/", "has other attributes when read alone")
      }
      return objects
    }
  }
}
