/// Resolution: the model's own processor at a smaller setting, so that fewer pixels enter the tower and the prompt is
/// shorter from the start.
///
/// This is the baseline that pruning has to beat (VTC-Bench, arXiv 2510.07143).
public struct Resolution: Hashable, Sendable, Codable {
  /// What is limited, in the terms of the family's processor.
  public var measure: Measure
  /// The limit.
  public var limit: Int

  /// What a processor can be told to limit.
  public enum Measure: String, CaseIterable, Sendable, Codable {
    /// The longer edge of the picture before it is cut into tiles (Idefics3, SmolVLM).
    case longestEdge = "longest_edge"
    /// Tiles beside the overview: the largest pinpoint (LLaVA-NeXT, LLaVA-OneVision), the largest grid (InternVL); 0 for
    /// the overview alone (Idefics3, SmolVLM: no splitting; LFM2-VL; MiniCPM-V).
    case tiles
    /// Pixels of the picture (Qwen-VL; LFM2-VL and MiniCPM-V, which then cut none).
    case pixels
  }

  /// At most `limit` of `measure`.
  public init(_ measure: Measure, _ limit: Int) {
    self.measure = measure
    self.limit = limit
  }
}

extension Resolution: MethodSettings {
  /// Name in files.
  public static var name: String { "resolution" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    let least = measure == .tiles ? 0 : 1
    try require(limit, in: least...(1 << 28), prefix + "limit", path)
  }

  package func validate(with image: ImagePreprocessing, _ path: String) throws(Flaw) {
    if let problem = image.tiling.problem(at: self) { throw Flaw(path, problem) }
  }
}
