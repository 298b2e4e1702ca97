import Compute
import Evaluation
import Inference
import Models
import Plan

/// Samples stopped at the prune layer: what the choice looks at, and the rows behind the layer.
final class PruneStates {
  private struct State {
    let sources: KeptMatrix
    let targets: KeptMatrix
    let question: MatrixView
    let attention: [Float]
    let behind: KeptRows
  }

  private let context: Context
  private let layer: Int
  private let samples: SamplePool
  private var states: [Int: State] = [:]
  private var cache: KeyValueCache?

  init(_ samples: SamplePool, layer: Int) {
    self.samples = samples
    context = samples.context
    self.layer = layer
  }

  private func state(_ place: Int) throws -> State {
    if let known = states[place] { return known }
    let sample = try samples.sample(place)
    // The rows of the answer but its last token follow the prompt: the first row watched is the prompt's last.
    var watcher = Watcher(
      layer: layer, text: context.model.text, promptLength: sample.prompt.rows.count,
      watchedRows: sample.reference.answer.count)
    let result = try context.prefill(
      sample.forced(context), schedule: Schedule(layers: context.model.text.layers),
      PrefillRange(from: 0, to: layer + 1), observer: &watcher)
    let (evidence, store) = (watcher.evidence, samples.store)
    let state = State(
      sources: try store.keep(evidence.sources), targets: try store.keep(evidence.targets),
      question: evidence.question, attention: evidence.attention,
      behind: try KeptRows(result.rows.copy(), in: store))
    states[place] = state
    return state
  }

  /// Divergence of a candidate for this layer on a sample.
  func divergence(of pruning: TokenPruning, at place: Int) throws -> Double {
    let (state, sample) = (try state(place), try samples.sample(place))
    let rows = try state.behind.load().copy()
    let evidence = TokenEvidence(
      sources: try state.sources.load(), targets: try state.targets.load(), attention: state.attention,
      question: state.question)
    context.prune(rows, pruning, evidence, grids: sample.prompt.grids)
    let result = try context.prefill(
      sample.resumed(rows, context), schedule: Schedule(layers: context.model.text.layers),
      PrefillRange(from: layer + 1, cache: cache))
    cache = result.cache
    return sample.divergence(of: result, context)
  }

  private struct Watcher: Observer {
    let layer: Int
    let text: TextModel
    let promptLength: Int
    let watchedRows: Int
    var evidence = TokenEvidence(
      sources: MatrixView(rows: 0, columns: 0), targets: MatrixView(rows: 0, columns: 0))

    mutating func willRun(layer: Int, rows: TokenRows) {
      guard layer == self.layer else { return }
      evidence.sources = rows.visual(of: rows.hidden)
      // The answer that is fed behind the prompt is no part of the question.
      evidence.question = rows.question(of: rows.hidden, count: promptLength)
    }

    mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
      guard layer == self.layer else { return }
      evidence.attention = rows.visualAttention(in: attention[rows: 0..<text.queryHeads], text)
    }

    mutating func didRun(layer: Int, rows: TokenRows, normed: MatrixView) {
      if layer == self.layer { evidence.targets = rows.visual(of: normed) }
    }
  }
}
