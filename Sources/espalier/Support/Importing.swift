import Checkpoints
import Figures
import Inference
import Plan
import PlanFile

/// The first step from a checkpoint: a plan without pruning.
enum Importing {
  /// Imports a checkpoint, shows the bytes a second, and stops at an interruption with nothing written.
  static func run(
    _ model: String, weights: WeightArguments, checkpoint: CheckpointArguments, to output: String
  ) throws {
    let meter = Meter(model)
    do {
      try CheckpointImporter.importModel(
        at: model, weightFormat: weights.weights, overrides: weights.tensorWeights,
        narrowProducts: weights.narrowProducts.map {
          $0 == "all" ? .all : .named($0.split(separator: ",").map(String.init))
        } ?? .named([]),
        chatTemplate: checkpoint.chatTemplate, adapter: checkpoint.adapter, to: output, progress: meter.show)
    } catch {
      guard Interruption.requested else { throw error }
      throw Interruption()
    }
    meter.end()
  }
}

/// Turns bytes of the importer's stages into steps of a progress bar.
private final class Meter {
  private let model: String
  private let progress = ConsoleProgress()
  private let start = StageClock.now
  private var stage: CheckpointImporter.Stage?
  private var done = 0

  init(_ model: String) { self.model = model }

  func show(_ stage: CheckpointImporter.Stage, _ bytes: Int, of total: Int) throws(PlanError) {
    if stage == .preparing {
      if Interruption.requested { throw PlanError(file: "", reason: "interrupted") }
      return
    }
    if stage != self.stage {
      self.stage = stage
      done = 0
      progress.begin(stage == .reading ? "reading \(model)" : "importing", total: total, unit: .bytes)
    }
    let steps = bytes - done
    done = bytes
    do { try progress.advance(by: steps) } catch { throw PlanError(file: "", reason: "interrupted") }
  }

  func end() {
    let rate = Figure(Double(done) / max(1e-9, StageClock.now - start), .bytes)
    progress.end("\(Figure(Double(done), .bytes)) of weights, \(rate)/s with the reading")
  }
}
