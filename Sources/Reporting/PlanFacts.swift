public import Plan
public import PlanFile

/// What a report says about the plan file itself.
public struct PlanFacts: Sendable {
  /// Path, as it was given.
  public var path: String
  /// Everything but the weights.
  public var contents: PlanContents
  /// Program that wrote the plan.
  public var producer = ""
  /// SHA-256 of the weights, hexadecimal.
  public var weightsDigest = ""
  /// SHA-256 of everything else.
  public var contentsDigest = ""
  /// Size of the file.
  public var fileBytes = 0
  /// Bytes of the weights.
  public var weightBytes = 0

  /// Facts about contents that no file holds yet.
  public init(path: String, contents: PlanContents) {
    self.path = path
    self.contents = contents
  }

  /// Facts about an open plan.
  public init(_ plan: Plan) {
    self.init(path: plan.path, contents: plan.contents)
    producer = plan.producer
    weightsDigest = plan.weightsDigest
    contentsDigest = plan.contentsDigest
    fileBytes = plan.fileSize
    weightBytes = plan.weights.byteCount
  }

  /// Last part of the path.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}
