public import PlanFile

extension Surgery {
  /// Changes a plan and then puts the right digests into its root, as somebody would who wants no change to be noticed.
  /// Digests of datasets stay what they are.
  public static func resealing(_ path: String, _ body: (Surgery) -> Void) throws(PlanError) {
    on(path, body)
    var tree = try PlanTree(contentsOf: path)
    let digests = tree.seal()
    on(path) { surgery in
      surgery.text("weights_digest", of: "/", digests.weights)
      surgery.text("contents_digest", of: "/", digests.contents)
    }
  }
}
