import ArgumentParser
import Compute
import Imaging
import Inference
import Plan
import PlanFile
import Reporting

/// The request whose memory is shown: `--pictures`, `--picture-size`, `--prompt-tokens`, `--max-tokens`, `--threads`.
struct MemoryArguments: ParsableArguments {
  @Option(help: "Pictures of the request whose memory is shown.")
  var pictures = 1

  @Option(help: ArgumentHelp("Size of each picture.", valueName: "width x height"))
  var pictureSize = Size(width: 1920, height: 1080)

  @Option(help: "Tokens of its text.")
  var promptTokens = 64

  @Option(help: "Most tokens of its answer.")
  var maxTokens = 256

  @Option(help: "Threads. (default: all cores this process may use)")
  var threads: Int?

  func validate() throws {
    try OptionRange.check("pictures", pictures, 0...4096)
    try OptionRange.check("prompt-tokens", promptTokens, 1...67_108_864)
    try OptionRange.check("max-tokens", maxTokens, OptionRange.tokens)
    try OptionRange.check("threads", threads, 1...1024)
  }

  /// Columns and rows of a picture: `1920x1080`.
  struct Size: ExpressibleByArgument, CustomStringConvertible {
    var size: ImageSize

    init(width: Int, height: Int) { size = ImageSize(width: width, height: height) }

    init?(argument: String) {
      let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard sides.count == 2, sides.allSatisfy((1...65_500).contains) else { return nil }
      self.init(width: sides[0], height: sides[1])
    }

    var description: String { "\(size.width)x\(size.height)" }
  }

  /// The request in words.
  var words: String {
    let images =
      pictures == 0 ? "no picture" : "\(pictures) picture\(pictures == 1 ? "" : "s") of \(pictureSize)"
    return "\(images), \(promptTokens) tokens of text, \(maxTokens) of answer"
  }

  /// What the request may need at each point of a plan.
  func table(_ plan: Plan) throws -> MemoryTable {
    // A picture of noise takes no more bytes than its pixels.
    let picture = (size: pictureSize.size, encodedBytes: min(64 << 20, pictureSize.size.pixels))
    let model = try Model(plan)
    let request = try model.memoryRequest(
      pictures: Array(repeating: picture, count: pictures), textTokens: promptTokens, maxTokens: maxTokens,
      threads: threads ?? WorkerPool.recommendedThreads)
    return try MemoryTable(request, called: words, to: model, of: plan)
  }
}
