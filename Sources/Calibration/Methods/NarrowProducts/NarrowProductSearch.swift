public import Evaluation
import Figures
public import Inference
import Models
public import Plan

/// Chooses the products that may round their activations to 7 bits, by what each of them loses.
///
/// Two products of a byte with 7 bits fit into 16 bits, which processors without dot products of bytes multiply faster
/// (section 11 of the methods). The products that lose least go first, as long as all of them together lose no more than is
/// allowed.
public struct NarrowProductSearch {
  /// What progress calls the stage.
  static let title = "activations of 7 bits"

  let context: Context
  let options: CalibrationOptions

  /// A search on a context's model.
  public init(_ context: Context, options: CalibrationOptions) {
    self.context = context
    self.options = options
  }

  /// Products all of whose matrices are int8.
  public static func candidates(of contents: PlanContents) -> [String] {
    contents.model.products.filter { product in
      contents.model.weights.allSatisfy {
        !$0.followsWeightFormat || $0.product != product || contents.format(of: $0) == .int8
      }
    }
  }

  /// Tries every product alone and takes those that may be taken; they are the first of `harm.products`.
  public func search(
    _ set: SampleSet, upTo limit: Double, share: SampleShare, reporter: any ProgressReporter
  ) throws -> (narrow: [String], harm: NarrowProductHarm) {
    let products = Self.candidates(of: context.model.contents)
    let chosen = set.spread(options.limit).spread(options.rankingLimit)
    let samples = SamplePool(chosen.samples, context, maxTokens: options.maxTokens, share: share.beforeShards)
    try samples.prepare(reporter)
    reporter.begin(Self.title, total: samples.count * (products.count + 1))
    var harm = NarrowProductHarm()
    for product in products { harm.products.append(try self.harm(product, of: [product], samples, reporter)) }
    let ranked = harm.products.sorted { ($0.divergence, $0.name) < ($1.divergence, $1.name) }
    var sum = 0.0
    var narrow = ranked.prefix { product in
      sum += product.divergence
      return sum <= limit
    }.map(\.name)
    while !narrow.isEmpty {
      harm.chosen = try self.harm("", of: narrow, samples, reporter)
      if harm.chosen.divergence <= limit { break }
      narrow.removeLast()
    }
    if narrow.isEmpty { harm.chosen = NarrowProductHarm.Harm(name: "") }
    reporter.end(
      "\(narrow.count) of \(products.count) products, divergence \(Figure(harm.chosen.divergence, .nats))")
    // In the model's order.
    return (products.filter(Set(narrow).contains), harm)
  }

  private func harm(
    _ name: String, of products: [String], _ samples: SamplePool, _ reporter: any ProgressReporter
  ) throws -> NarrowProductHarm.Harm {
    var harm = NarrowProductHarm.Harm(name: name, agreement: 0)
    guard let model = try context.model.narrowing(products) else { return harm }
    let narrowed = Context(model, pool: context.pool)
    let found = try samples.results(at: 0..<samples.count, reporter: reporter) { place in
      let outcome = try Self.outcome(of: samples.sample(place), narrowed)
      return [outcome.divergence, outcome.agrees ? 1 : 0]
    }
    harm.divergence = Statistics.mean(found.map { $0[0] })
    harm.agreement = Statistics.mean(found.map { $0[1] })
    return harm
  }

  /// What a context makes of a sample, from its pictures on.
  static func outcome(
    of sample: PreparedSample, _ context: Context
  ) throws -> (divergence: Double, agrees: Bool) {
    let prompt = try SampleRunner(context).timedPrompt(sample.sample)
    let result = try context.prefill(
      sample.forced(prompt.rows, context), schedule: Schedule(layers: context.model.text.layers))
    return sample.outcome(of: result, context)
  }
}
