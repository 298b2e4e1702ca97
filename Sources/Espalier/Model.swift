internal import Compute
internal import Inference
internal import Plan
internal import PlanFile
internal import Signatures
internal import Tokenization

/// A pruning plan, opened and ready to answer.
///
/// A model never changes: any number of contexts, on any threads, share it and its weights, which stay in the file's
/// mapping. Do not change the file while the model is in use.
public final class Model: Sendable {
  let model: Inference.Model
  /// What is known of pictures that were asked about.
  public let pictures: PictureCache
  private let plan: Plan
  let grammars = KeptGrammars()

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
    if let problem = KernelChoice.problem { throw EspalierError(kind: .settings, description: problem) }
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

/// What servers and tools tell people of a model.
extension Model {
  /// An operating point and what was measured of it.
  public struct Point: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Seconds from pictures to first token, on the machine that the plan was tuned or timed on; `nil` where none were
    /// measured.
    public let firstTokenSeconds: Double?
    /// Divergence of its answers from the dense ones in nats; `nil` where it was not measured.
    public let divergence: Double?
  }

  /// The operating points with their figures.
  public var pointFigures: [Point] {
    points.map { name in
      let figures = (try? plan.point(named: name))?.figures
      return Point(
        name: name, firstTokenSeconds: figures.flatMap { $0.hasTimes ? $0.firstTokenSeconds : nil },
        divergence: figures?.divergence)
    }
  }

  /// Bytes of the weights.
  public var bytes: Int { plan.contents.weightBytes }

  /// How the weights are stored: `f32`, `bf16`, `int8` or `int4`.
  public var weightFormat: String { plan.contents.weightFormat.rawValue }

  /// Digest of the plan's weights and contents.
  public var digest: String { model.planDigest ?? "" }

  /// Tokens of a text by itself; control tokens written in it are plain text.
  public func tokens(of text: String) throws(EspalierError) -> [Int32] {
    try EspalierError.catching { try model.tokenizer.encode(text, parsingSpecialTokens: false) }
  }

  /// The bytes that a token stands for; none for an id without a token.
  public func bytes(ofToken id: Int32) -> [UInt8] { model.tokenizer.bytes(of: id) }
}
