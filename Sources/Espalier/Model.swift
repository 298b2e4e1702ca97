internal import Inference
internal import Plan
internal import PlanFile
internal import Signatures

/// A pruning plan, opened and ready to answer.
///
/// A model never changes: any number of contexts, on any threads, share it and its weights, which stay in the file's
/// mapping. Do not change the file while the model is in use.
public final class Model: Sendable {
  let model: Inference.Model
  /// What is known of pictures that were asked about.
  public let pictures: PictureCache
  private let plan: Plan

  /// Opens a plan and checks it: its structure, its settings and the digests of everything but the weights. With
  /// `verifyingWeights` the digests of the weights as well, which reads the whole file.
  ///
  /// With `trustedKeys`, a file of minisign public keys, the plan must have a valid signature of one of them beside it
  /// (`PLAN.minisig`), and all digests are checked.
  ///
  /// Every dialogue on the model finds and leaves what the vision tower made of pictures in `pictures`, a cache of its own
  /// in memory unless another is given; `PictureCache(memoryBytes: 0)` keeps nothing.
  public init(
    contentsOf path: String, verifyingWeights: Bool = false, trustedKeys: String? = nil,
    pictures: PictureCache = PictureCache()
  ) throws(EspalierError) {
    self.pictures = pictures
    (plan, model) = try EspalierError.catching {
      let keys = try trustedKeys.map { try TrustedKeys(contentsOf: $0) }
      let plan = try Plan(
        contentsOf: path, verifying: verifyingWeights ? .everything : .smallDatasets, trusting: keys)
      return (plan, try Inference.Model(plan))
    }
  }

  /// Names of the operating points, `dense` (nothing pruned) among them.
  public var points: [String] { plan.pointNames }

  /// Most tokens of a prompt with its answer.
  public var contextLength: Int { model.text.contextLength }

  /// The point with the least harm whose stored time from pictures to first token is within `seconds`.
  ///
  /// Times are those of the machine that the plan was tuned or timed on.
  public func point(firstTokenWithin seconds: Double) throws(EspalierError) -> String {
    try EspalierError.catching { try plan.point(firstTokenWithin: seconds).name }
  }

  func operatingPoint(_ name: String) throws -> OperatingPoint { try plan.point(named: name) }
}
