import Evaluation
import Inference
import PlanFormat

/// What settings cost on this machine, from a few measurements: seconds of prefill and of a decoding step.
///
/// Prefill is a sum of what grows with linear work, with attention, with choosing tokens and entries, and of what is
/// always there; a step grows with the KV entries it reads. A search asks it thousands of times; what a search finds is
/// measured.
struct CostModel {
  /// Tokens of a prompt.
  struct Prompt {
    var text: Int
    var visual: Int
  }

  private let counter: OperationCounter
  private let model: TextModel
  private let prompt: Prompt
  private let prefill: [Double]
  private let step: [Double]

  /// Fits to measured times: `samples` are settings with seconds of prefill and of a decoding step.
  init(
    _ model: TextModel, prompt: Prompt, samples: [(settings: PruningSettings, prefill: Double, step: Double)]
  ) {
    self.model = model
    self.prompt = prompt
    counter = OperationCounter(model)
    let counter = counter
    let rows = samples.map { Self.features($0.settings, prompt, counter, model) }
    prefill = LeastSquares.fit(rows, samples.map(\.prefill))
    let entries = samples.map { [1, Self.entries($0.settings, prompt, model)] }
    step = LeastSquares.fit(entries, samples.map(\.step))
  }

  /// Seconds of prefill.
  func prefillSeconds(_ settings: PruningSettings) -> Double {
    zip(prefill, Self.features(settings, prompt, counter, model)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Seconds of a decoding step behind the prompt.
  func stepSeconds(_ settings: PruningSettings) -> Double {
    step[0] + step[1] * Self.entries(settings, prompt, model)
  }

  /// Operations of the decoder in prefill, as a share of dense.
  func operationShare(_ settings: PruningSettings) -> Double {
    operations(settings) / operations(.dense)
  }

  private func operations(_ settings: PruningSettings) -> Double {
    counter.prefill(
      text: prompt.text, visual: prompt.visual,
      kept: settings.tokens?.keptCount(of: prompt.visual) ?? prompt.visual, settings: settings)
  }

  /// Visual KV entries at the end of prefill, as a share of dense.
  func entryShare(_ settings: PruningSettings) -> Double {
    Self.visualEntries(settings, prompt, model) / Double(max(1, model.layers * prompt.visual))
  }

  private static func features(
    _ settings: PruningSettings, _ prompt: Prompt, _ counter: OperationCounter, _ model: TextModel
  ) -> [Double] {
    let kept = settings.tokens?.keptCount(of: prompt.visual) ?? prompt.visual
    let work = counter.work(text: prompt.text, visual: prompt.visual, kept: kept, settings: settings)
    let looks = settings.tokens.map { !$0.rule.isBaseline } ?? false
    let probed = settings.reduction?.neurons == .probed ? settings.reduction?.feedForwardLayers.count ?? 0 : 0
    return [
      1, work.linear, work.attention, looks ? Double(prompt.visual * prompt.visual) : 0,
      settings.retention == nil ? 0 : 1, Double(probed),
    ]
  }

  private static func entries(_ settings: PruningSettings, _ prompt: Prompt, _ model: TextModel) -> Double {
    Double(model.layers * prompt.text) + visualEntries(settings, prompt, model)
  }

  private static func visualEntries(
    _ settings: PruningSettings, _ prompt: Prompt, _ model: TextModel
  ) -> Double {
    (0..<model.layers).reduce(0.0) { sum, layer in
      let isShort = settings.tokens.map { layer > $0.layer } ?? false
      let present = isShort ? settings.tokens?.keptCount(of: prompt.visual) ?? 0 : prompt.visual
      let rates = settings.retention?.rates ?? []
      let rate = layer < rates.count ? rates[layer] : 1
      return sum + (rate * Double(present)).rounded()
    }
  }
}

/// Least squares of relative errors: a millisecond of two counts as much as ten of twenty.
enum LeastSquares {
  /// Coefficients of the columns of `rows` for `values`, which must be positive. Columns that say nothing get 0.
  static func fit(_ rows: [[Double]], _ values: [Double]) -> [Double] {
    let columns = rows.first?.count ?? 0
    let scales = (0..<columns).map { column in
      max(1e-300, rows.reduce(0.0) { max($0, abs($1[column])) })
    }
    var matrix = Array(repeating: Array(repeating: 0.0, count: columns + 1), count: columns)
    for (row, value) in zip(rows, values) where value > 0 {
      let scaled = zip(row, scales).map { $0 / $1 / value }
      for left in 0..<columns {
        for right in 0..<columns { matrix[left][right] += scaled[left] * scaled[right] }
        matrix[left][columns] += scaled[left]
      }
    }
    // A little weight on small coefficients keeps columns apart that the samples hardly tell apart.
    let trace = (0..<columns).reduce(0.0) { $0 + matrix[$1][$1] }
    for index in 0..<columns { matrix[index][index] += 1e-6 * trace + 1e-300 }
    return zip(solve(matrix), scales).map { $0 / $1 }
  }

  /// Solves a symmetric positive system, right side in the last column, by elimination with pivots.
  private static func solve(_ system: [[Double]]) -> [Double] {
    var rows = system
    let count = rows.count
    for column in 0..<count {
      let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      for row in column + 1..<max(column + 1, count) where rows[column][column] != 0 {
        let factor = rows[row][column] / rows[column][column]
        for index in column...count { rows[row][index] -= factor * rows[column][index] }
      }
    }
    var solution = Array(repeating: 0.0, count: count)
    for row in (0..<count).reversed() where rows[row][row] != 0 {
      let known = (row + 1..<max(row + 1, count)).reduce(0.0) { $0 + rows[row][$1] * solution[$1] }
      solution[row] = (rows[row][count] - known) / rows[row][row]
    }
    return solution
  }
}
