import Compute
import Evaluation
import Inference
import Models

/// A calibration sample, ready to be run in part: the embedded prompt, dense's answer and distributions, and the
/// dense residual stream at layer boundaries.
struct PreparedSample {
  /// The prompt alone.
  let prompt: PromptRows
  /// The dense model's own answer and distributions.
  let reference: SampleRunner.Reference

  /// The prompt with all but the last token of the answer: one run gives every distribution that is compared.
  func forced(_ context: Context) -> PromptRows {
    context.append(Array(reference.answer.dropLast()), to: prompt)
  }

  /// Divergence of a finished run over `forced` rows: the last rows are those of the answer.
  func divergence(of result: borrowing PrefillResult, _ context: Context) -> Double {
    let count = reference.answer.count
    let rows = result.rows.count - count..<result.rows.count
    return reference.distributions.divergence(ofReduced: context.logits(of: result, rows: rows))
  }
}

/// Keeps the residual stream at the input of every layer.
struct BoundaryRecorder: Observer {
  /// Inputs by layer; those before the first layer that ran stay as they were.
  var inputs: [TokenRows?]

  init(layers: Int) { inputs = Array(repeating: nil, count: layers) }

  mutating func willRun(layer: Int, rows: TokenRows) { inputs[layer] = rows.copy() }
}
