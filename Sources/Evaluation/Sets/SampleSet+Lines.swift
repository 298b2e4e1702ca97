import Foundation
import Plan

/// JSON Lines.
extension SampleSet {
  static func lines(_ bytes: UnsafeRawBufferPointer, _ path: String) throws(SampleSetError) -> [Sample] {
    var samples: [Sample] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy({ [0x09, 0x0B, 0x0C, 0x0D, 0x20].contains($0) }) { continue }
      let entry = try SetEntry(line, line: index + 1, of: path) { SampleSetError(path, index + 1, $0) }
      samples.append(try sample(entry, line: index + 1))
    }
    return samples
  }

  private static func sample(_ entry: SetEntry, line: Int) throws(SampleSetError) -> Sample {
    let pictures = try entry.pictures()
    guard let prompt = try entry.text("prompt"), prompt.contains(where: { !$0.isWhitespace }) else {
      throw entry.error("has no 'prompt'")
    }
    try entry.check(prompt, pictures: pictures.count)
    return Sample(
      id: try entry.text("id") ?? "line \(line)", images: pictures, prompt: prompt,
      answer: try entry.text("answer"), task: try entry.text("task"), line: line)
  }
}
