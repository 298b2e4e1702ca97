/// A part of a model whose weights are used at one time, before those of the next.
public enum ModelPart: Hashable, Sendable {
  /// A layer of the vision tower.
  case towerLayer(Int)
  /// The projector.
  case projector
  /// A layer of the decoder.
  case decoderLayer(Int)
  /// What makes logits of rows.
  case head
}

/// Told which part of a model runs, so that weights of the others need not be in memory.
public protocol WeightResidency: Sendable {
  /// A part is about to read its weights.
  func willRun(_ part: ModelPart)
}
