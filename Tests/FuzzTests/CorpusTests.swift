import Compute
import Foundation
import FuzzTargets
import Inference
import TestSupport
import Testing

/// Every kept input of the fuzz targets, those that once ended a program among them, is read to its end.
@Suite(.endsWithin(minutes: 2)) struct CorpusTests {
  @Test(arguments: FuzzTarget.allCases) func `kept inputs are read, some are accepted and some refused`(
    target: FuzzTarget
  ) throws {
    let inputs = try Self.corpus(target)
    let accepted = inputs.filter { target.read($0) }.count
    #expect(accepted > 0, "none of \(inputs.count) is accepted")
    #expect(accepted < inputs.count, "none of \(inputs.count) is refused")
  }

  @Test(arguments: FuzzTarget.allCases) func `drawn changes of kept inputs are read`(target: FuzzTarget)
    throws
  {
    let inputs = try Self.corpus(target)
    var generator = SplitMix64(seed: 11)
    for _ in 0..<300 {
      var input = inputs[generator.nextIndex(below: inputs.count)]
      for _ in 0...generator.nextIndex(below: 4) where !input.isEmpty {
        let place = generator.nextIndex(below: input.count)
        switch generator.nextIndex(below: 3) {
        case 0: input[place] = UInt8(truncatingIfNeeded: generator.next())
        case 1: input.remove(at: place)
        default: input.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
        }
      }
      target.read(input)
    }
  }

  private static func corpus(_ target: FuzzTarget) throws -> [[UInt8]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fuzz/Corpus/\(target.rawValue)")
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }.map { try Array(Data(contentsOf: $0)) }
  }
}
