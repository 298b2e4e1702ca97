import ArgumentParser
import Evaluation
import Foundation
import Inference

/// Options of every verb that reads a set.
struct SetArguments: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "What the pictures are asked, where the set is a folder of pictures.")
  var prompt: String?

  @Option(help: ArgumentHelp("Take the samples in an order drawn from this seed.", valueName: "seed"))
  var shuffle: UInt64?

  @Flag(
    help: "Report samples that the model cannot take, for their picture or length, and go on without them.")
  var skipBad = false

  /// Reads a set and says what of it is left out; `choose` takes the samples that are used.
  func read(_ path: String, choose: (SampleSet) -> SampleSet) throws -> SampleSet {
    try read(path, prompt: prompt, choose: choose)
  }

  /// The same for two sets, of which only folders are asked the prompt.
  func read(
    _ paths: (String, String), choose: (SampleSet) -> SampleSet
  ) throws -> (SampleSet, SampleSet) {
    if prompt != nil, !isFolder(paths.0), !isFolder(paths.1) {
      throw ValidationError("--prompt is for folders of pictures; neither set is one.")
    }
    return (
      try read(paths.0, prompt: isFolder(paths.0) ? prompt : nil, choose: choose),
      try read(paths.1, prompt: isFolder(paths.1) ? prompt : nil) { $0 }
    )
  }

  /// The samples whose pictures can be decoded: one that is damaged shows before the work begins.
  func decodable(_ set: SampleSet) throws -> SampleSet { try using(set) { try set.decodable(skipping: $0) } }

  /// The samples that a model can take: one that it cannot shows before the work begins.
  func fitting(_ set: SampleSet, _ context: Context) throws -> SampleSet {
    try using(set) { try set.fitting(context, skipping: $0) }
  }

  private func using(
    _ set: SampleSet, _ choose: (((SampleSetError) -> Void)?) throws -> SampleSet
  ) throws -> SampleSet {
    let chosen = try choose(skipBad ? { printWarning("skipped: \($0)") } : nil)
    let skipped = set.samples.count - chosen.samples.count
    if skipped > 0 { printWarning("\(set.path): skipped \(skipped) of \(set.samples.count) samples") }
    return chosen
  }

  private func read(
    _ path: String, prompt: String?, choose: (SampleSet) -> SampleSet
  ) throws -> SampleSet {
    let whole = try SampleSet(contentsOf: path, prompt: prompt)
    if let summary = whole.leftOut.summary { printWarning("\(path): \(summary)") }
    return choose(shuffle.map { whole.shuffled(seed: $0) } ?? whole)
  }

  private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
