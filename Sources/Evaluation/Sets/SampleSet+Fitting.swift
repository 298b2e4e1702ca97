public import Inference
import Plan
import Tokenization

extension SampleSet {
  /// The samples that a model can take: their pictures can be decoded, and their prompts are within its context.
  /// Without `report` one that cannot be taken is an error with its line; with it, the sample is left out and the error
  /// handed over. No picture is encoded for this.
  public func fitting(
    _ context: Context, skipping report: ((SampleSetError) -> Void)? = nil
  ) throws(SampleSetError) -> SampleSet {
    var check = SampleCheck(context)
    var result = self
    result.samples = []
    for sample in samples {
      guard let reason = check.problem(sample) else {
        result.samples.append(sample)
        continue
      }
      let error = SampleSetError(path, sample.line, reason)
      guard let report else { throw error }
      report(error)
    }
    if result.samples.isEmpty { throw SampleSetError(path, nil, "has no sample that the model can take") }
    return result
  }
}

/// Counts the tokens of samples; sizes of pictures are looked up once.
private struct SampleCheck {
  private let context: Context
  private var pictures: [Key: Result<ImageArrangement, any Error>] = [:]

  private struct Key: Hashable {
    let path: String
    let count: Int
  }

  init(_ context: Context) { self.context = context }

  /// Why a sample cannot be taken.
  mutating func problem(_ sample: Sample) -> String? {
    do {
      let arrangements = try sample.images.map { try arrangement($0, among: sample.images.count) }
      let layout = try context.model.layout(prompt: sample.prompt, images: sample.images.count)
      let (count, limit) = (context.model.count(layout, arrangements), context.model.text.contextLength)
      return count <= limit ? nil : "the prompt has \(count) tokens; the model takes \(limit)"
    } catch { return "\(error)" }
  }

  private mutating func arrangement(_ path: String, among count: Int) throws -> ImageArrangement {
    let key = Key(path: path, count: count)
    if let known = pictures[key] { return try known.get() }
    let found = Result {
      try context.model.arrangement(of: context.model.prepareImage(at: path, among: count))
    }
    pictures[key] = found
    return try found.get()
  }
}
