import ArgumentParser
import Evaluation
import Foundation

/// Options of every verb that reads a set.
struct SetArguments: ParsableArguments {
  @Option(help: "What the pictures are asked, where the set is a folder of pictures.")
  var prompt: String?

  @Option(help: ArgumentHelp("Take the samples in an order drawn from this seed.", valueName: "seed"))
  var shuffle: UInt64?

  @Flag(help: "Report samples whose picture cannot be decoded and go on without them.")
  var skipBad = false

  /// Reads a set; `choose` takes the samples that are used, whose pictures are then decoded once: one that is damaged
  /// shows before the work begins.
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

  private func read(
    _ path: String, prompt: String?, choose: (SampleSet) -> SampleSet
  ) throws -> SampleSet {
    let whole = try SampleSet(contentsOf: path, prompt: prompt)
    let chosen = choose(shuffle.map { whole.shuffled(seed: $0) } ?? whole)
    return try chosen.decodable(skipping: skipBad ? { printWarning("skipped: \($0)") } : nil)
  }

  private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
