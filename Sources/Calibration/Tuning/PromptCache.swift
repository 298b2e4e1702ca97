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
  private var prompts: [PictureSettings: [Int: PromptRows]] = [:]
  /// Settings in the order in which they were asked for, the last one last.
  private var order: [PictureSettings] = []
  private var bytes = 0

  /// Most bytes of prompts that are kept, dense's not counted.
  private static let limit = 512 << 20

  init(_ samples: SamplePool) {
    context = samples.context
    self.samples = samples
  }

  /// The prompt of a sample, which a run works on in place.
  func prompt(_ index: Int, at settings: PictureSettings) throws -> PromptRows {
    if settings.isDense { return try samples.sample(index).prompt }
    if order.last != settings {
      order.removeAll { $0 == settings }
      order.append(settings)
    }
    if let known = prompts[settings]?[index] { return known }
    let view = PictureView(settings: settings)
    let prompt = try SampleRunner(context).prompt(samples.question(index), view: view)
    prompts[settings, default: [:]][index] = prompt
    bytes += size(of: prompt)
    while bytes > Self.limit, let oldest = order.first, oldest != settings {
      order.removeFirst()
      bytes -= prompts.removeValue(forKey: oldest)?.values.reduce(0) { $0 + size(of: $1) } ?? 0
    }
    return prompt
  }

  private func size(of prompt: PromptRows) -> Int { prompt.rows.count * context.model.text.width * 4 }
}
