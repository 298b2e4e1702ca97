import HDF5Subset
import Plan
import PlanFile
import SubsetChecks

/// Whole files, changed byte by byte and opened from memory.
enum StructureFuzzing {
  /// An input chooses a file, seeds the changes of its headers and drives further changes of values and elements. The
  /// checksums of headers and all digests are made right again.
  static func read(_ bytes: [UInt8]) -> Bool {
    var script = ByteReader(bytes)
    var file = script.element(files)
    let use = PlanUse(script.byte())
    let headers = script.byte()
    var mutator = Mutator(seed: script.word(), number: 0)
    if headers % 4 > 0 { mutator.mutate(&file.surgery) }
    var changes = 0
    while !script.isAtEnd, changes < 6 {
      file.changeValue(&script)
      changes += 1
    }
    file.surgery.repair()
    guard let sealed = file.sealed(), let plan = try? Plan(sealed, verifying: .everything) else {
      return false
    }
    use.use(plan)
    return true
  }

  private static let files = (0..<4).map { index in StructureSample([0, 4, 9, 11][index]) }
}
