import Compute
import Evaluation
import Inference
import Models

/// A calibration sample, ready to be run in part: the embedded prompt, dense's answer and distributions, and the
/// dense residual stream at layer boundaries.
struct PreparedSample {
  /// The question.
  let sample: Sample
  /// Operations of the tower over its pictures.
  let towerWork: TowerWork
  /// The prompt alone.
  let prompt: PromptRows
  /// The dense model's own answer and distributions.
  let reference: SampleRunner.Reference

  /// The prompt with all but the last token of the answer: one run gives every distribution that is compared.
  func forced(_ context: Context) -> PromptRows { forced(prompt, context) }

  /// The same behind another prompt: one with less of the pictures.
  func forced(_ prompt: PromptRows, _ context: Context) -> PromptRows {
    context.append(Array(reference.answer.dropLast()), to: prompt)
  }

  /// A run over `forced` rows that stopped at a layer boundary, to go on from.
  func resumed(_ rows: TokenRows, _ context: Context) -> PromptRows {
    prompt.replacing(
      rows.with(context.additions(of: prompt, before: Array(reference.answer.dropLast()))))
  }

  /// Divergence of a finished run over `forced` rows: the last rows are those of the answer.
  func divergence(of result: borrowing PrefillResult, _ context: Context) -> Double {
    outcome(of: result, context).divergence
  }

  /// The same, and whether greedy decoding gives dense's answer: each token of it is the likeliest behind those before.
  func outcome(
    of result: borrowing PrefillResult, _ context: Context
  ) -> (divergence: Double, agrees: Bool) {
    let answer = reference.answer
    let logits = context.logits(of: result, rows: result.rows.count - answer.count..<result.rows.count)
    return (reference.distributions.divergence(ofReduced: logits), reference.isLikeliest(logits))
  }
}

extension PreparedSample {
  /// Some samples with dense's prompts and answers, which are found together.
  static func prepare(_ samples: [Sample], _ runner: SampleRunner) throws -> [PreparedSample] {
    let prompts = try samples.map { try runner.timedPrompt($0) }
    let references = try runner.references(prompts.map(\.rows))
    return samples.indices.map { index in
      PreparedSample(
        sample: samples[index], towerWork: prompts[index].towerWork, prompt: prompts[index].rows,
        reference: references[index])
    }
  }
}

/// Keeps the residual stream at the input of every layer.
struct BoundaryRecorder: Observer {
  /// Inputs by layer; those before the first layer that ran stay as they were.
  var inputs: [TokenRows?]

  init(layers: Int) { inputs = Array(repeating: nil, count: layers) }

  mutating func willRun(layer: Int, rows: TokenRows) { inputs[layer] = rows.copy() }
}
