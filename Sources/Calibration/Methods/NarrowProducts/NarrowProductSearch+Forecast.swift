import Evaluation
import Inference
import Models
import Plan

extension NarrowProductSearch {
  /// Times a sample's runs from its pictures on: every product is tried on all samples.
  func forecast(_ probe: SampleProbe, over count: Int) throws -> [StageEstimate] {
    let count = min(options.rankingLimit, count)
    let products = Self.candidates(of: context.model.contents)
    let run = try probe.seconds { place in
      _ = try Self.outcome(of: probe.samples.sample(place), context)
    }
    return [
      try probe.preparation(of: count),
      StageEstimate(stage: Self.title, seconds: Double(count * (products.count + 1)) * run),
    ]
  }
}
