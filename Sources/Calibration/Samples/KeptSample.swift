import Evaluation
import Inference

/// A prepared sample whose matrices are kept in a store.
struct KeptSample {
  private let sample: Sample
  private let towerWork: TowerWork
  private let prompt: KeptPrompt
  private let answer: [Int32]
  private let distributions: KeptMatrix

  init(_ prepared: PreparedSample, in store: MatrixStore) throws {
    sample = prepared.sample
    towerWork = prepared.towerWork
    prompt = try KeptPrompt(prepared.prompt, in: store)
    answer = prepared.reference.answer
    distributions = try store.keep(prepared.reference.distributions.logProbabilities)
  }

  /// The sample as stages work with it.
  func load() throws -> PreparedSample {
    PreparedSample(
      sample: sample, towerWork: towerWork, prompt: try prompt.load(),
      reference: SampleRunner.Reference(
        answer: answer, distributions: DenseDistributions(logProbabilities: try distributions.load())))
  }
}
