import Compute
import Models

/// Where a prefill stands after a layer: all that a pruning method may look at and change.
struct LayerBoundary: ~Copyable {
  /// The layer that ran.
  let layer: Int
  /// Its output; the next layer's input.
  let rows: TokenRows
  /// The output of the norm between its attention and its FFN, `[n x width]`.
  let normed: MatrixView
  /// Attention of the last watched tokens, `[(w * H) x keys]`, where any act or observer watches.
  let attention: MatrixView?
  /// The caches of all layers up to this one.
  let cache: KeyValueCache
  /// The prompt's grids and pictures.
  let prompt: PromptRows
  /// Tokens that caches leave room for.
  let reserve: Int
  /// Whether the layer's cache is kept as it is beside the one that answers.
  let keepsWhole: Bool
}
