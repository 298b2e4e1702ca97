import Evaluation
import Inference
import Models
import Plan

/// Embedded prompts of some samples at the settings of pictures that a search visits.
///
/// A search changes one setting at a time, and most of them act behind the tower: what a picture becomes is found once.
/// Prompts that were not asked for the longest time go first where there are too many.
final class PromptCache {
  private let context: Context
  private let samples: SamplePool
  private var prompts: [PictureSettings: [Int: KeptPrompt]] = [:]
  /// Settings in the order in which they were asked for, the last one last.
  private var order: [PictureSettings] = []
  private var bytes = 0

  /// Most bytes of prompts that are kept, dense's not counted: as many as all that is known of samples may have of memory.
  private let limit: Int
  private static let leastLimit = 512 << 20

  init(_ samples: SamplePool) {
    context = samples.context
    limit = max(Self.leastLimit, samples.store.budget)
    self.samples = samples
  }

  /// The prompt of a sample, which a run must copy before it works on it.
  func prompt(_ index: Int, at settings: PictureSettings) throws -> PromptRows {
    if settings.isDense { return try samples.sample(index).prompt }
    if order.last != settings {
      order.removeAll { $0 == settings }
      order.append(settings)
    }
    if let known = prompts[settings]?[index] { return try known.load() }
    let view = PictureView(settings: settings)
    let prompt = try SampleRunner(context).prompt(samples.question(index), view: view)
    let kept = try KeptPrompt(prompt, in: samples.store)
    prompts[settings, default: [:]][index] = kept
    bytes += kept.byteCount
    while bytes > limit, let oldest = order.first, oldest != settings {
      order.removeFirst()
      bytes -= prompts.removeValue(forKey: oldest)?.values.reduce(0) { $0 + $1.byteCount } ?? 0
    }
    return prompt
  }
}
