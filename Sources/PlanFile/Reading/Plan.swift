import Digests
public import Plan
public import Signatures

/// An open plan: checked contents and mapped weights.
///
/// Opening checks structure, digests of everything but the weights, and the meaning of every setting, so
/// that nothing later has to doubt a size or an index. HDF5 is closed again when `init` returns.
public struct Plan: Sendable {
  /// Path it was opened by.
  public let path: String
  /// Everything but the weights.
  public let contents: PlanContents
  /// The weights, in the mapping.
  public let weights: WeightStore
  /// SHA-256 over names, shapes and digests of the weights, hexadecimal.
  public let weightsDigest: String
  /// SHA-256 over everything else.
  public let contentsDigest: String
  /// Who signed the plan; `nil` where nobody was asked for.
  public let signature: VerifiedSignature?
  /// Program that wrote the plan.
  public let producer: String
  /// Size of the file.
  public var fileSize: Int { mapping.bytes.count }
  private let mapping: MappedFile

  /// How much is verified on opening.
  public enum Verification: Sendable {
    /// Digests of everything but the weights.
    case smallDatasets
    /// All digests.
    case everything
  }

  /// Largest file that is accepted: 1 TiB.
  public static let sizeLimit = 1 << 40

  /// Opens a plan. Every failure names the file, the object in it and the reason.
  ///
  /// - Parameters:
  ///   - verification: what is compared with its digest.
  ///   - keys: whose signature the plan must have, in the file beside it that `PlanStatement.signaturePath` names. A
  ///     signature vouches for bytes by their digests, so all of them are then verified.
  public init(
    contentsOf path: String, verifying verification: Verification = .smallDatasets,
    trusting keys: TrustedKeys? = nil
  ) throws(PlanError) {
    try self.init(MappedFile(path: path, sizeLimit: Self.sizeLimit), verifying: verification, trusting: keys)
  }

  /// Opens a plan that is mapped already.
  package init(
    _ mapping: MappedFile, verifying verification: Verification = .smallDatasets,
    trusting keys: TrustedKeys? = nil
  ) throws(PlanError) {
    try self.init(PlanTree(mapping), in: mapping, verifying: verification, trusting: keys)
  }

  /// Opens a plan whose structure is known.
  ///
  /// - Parameter mapping: where its weights are, or most of them.
  package init(
    _ tree: PlanTree, in mapping: MappedFile, verifying verification: Verification,
    trusting keys: TrustedKeys? = nil
  ) throws(PlanError) {
    let path = mapping.path
    let reading = try inFile(path) { () throws(Flaw) in try PlanReading(tree) }
    self.path = path
    self.mapping = mapping
    contents = reading.contents
    producer = reading.producer
    weightsDigest = reading.weightsDigest
    contentsDigest = reading.contentsDigest
    weights = WeightStore(path: path, format: reading.contents.weightFormat, tensors: reading.tensors)
    signature = try keys.map { (keys) throws(PlanError) in
      try Self.signature(of: reading.contentsDigest, at: path, by: keys)
    }
    if verification == .everything || keys != nil { try verify() }
    // What was checked has to be what is there.
    try checkUnchanged()
  }

  private static func signature(
    of contentsDigest: String, at path: String, by keys: TrustedKeys
  ) throws(PlanError) -> VerifiedSignature {
    do throws(SignatureError) {
      let statement = try PlanStatement(contentsDigest: contentsDigest)
      return try SignatureFile(contentsOf: PlanStatement.signaturePath(ofPlan: path))
        .verify(statement.bytes, with: keys)
    } catch {
      throw PlanError(file: path, reason: "is not trusted: \(error)")
    }
  }

  /// Throws when the file was written to since it was opened: its weights are no longer those that were checked.
  public func checkUnchanged() throws(PlanError) { try mapping.checkUnchanged() }

  /// Checks the digest of every weight; those of everything else were checked on opening.
  public func verify() throws(PlanError) {
    for name in weights.names {
      guard let tensor = weights.tensor(name) else { continue }
      if SHA256.hexadecimal(of: tensor.bytes) != tensor.digest {
        throw PlanError(
          file: path, object: "/weights/\(name)",
          reason: "is damaged: its bytes do not have the stated digest")
      }
    }
    try checkUnchanged()
  }
}
