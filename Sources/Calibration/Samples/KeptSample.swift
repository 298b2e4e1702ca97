import Compute
import Evaluation
import Inference

/// A prepared sample whose matrices are kept in a store.
struct KeptSample {
  private let sample: Sample
  private let towerWork: TowerWork
  private let grids: [ImageGrid]
  private let imageStarts: [Int]
  private let rows: KeptRows
  private let answer: [Int32]
  private let distributions: KeptMatrix

  init(_ prepared: PreparedSample, in store: MatrixStore) throws {
    sample = prepared.sample
    towerWork = prepared.towerWork
    (grids, imageStarts) = (prepared.prompt.grids, prepared.prompt.imageStarts)
    rows = try KeptRows(prepared.prompt.rows, in: store)
    answer = prepared.reference.answer
    distributions = try store.keep(prepared.reference.distributions.logProbabilities)
  }

  /// The sample as stages work with it.
  func load() throws -> PreparedSample {
    PreparedSample(
      sample: sample, towerWork: towerWork,
      prompt: PromptRows(rows: try rows.load(), grids: grids, imageStarts: imageStarts),
      reference: SampleRunner.Reference(
        answer: answer, distributions: DenseDistributions(logProbabilities: try distributions.load())))
  }
}
