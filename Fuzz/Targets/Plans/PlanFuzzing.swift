import Plan
import PlanFile

enum PlanFuzzing {
  /// An input chooses a valid plan, changes what it holds and then the tree of its file, whose digests are made right
  /// again: what is left between a stranger and the runtime is what the reader checks. There is no file.
  static func read(_ bytes: [UInt8]) -> Bool {
    var script = ByteReader(bytes)
    let first = script.element(PlanSamples.all)
    let use = PlanUse(script.byte())
    guard let sample = changed(first, &script) else { return false }
    var tree = sample.tree
    var changes = 0
    while !script.isAtEnd, changes < 8 {
      TreeChange.apply(to: &tree, sample, &script)
      changes += 1
    }
    guard let plan = opened(&tree, sample) else { return false }
    use.use(plan)
    return true
  }

  /// Digests come last in the reader's order, and most trees do not get so far: they are made right for those that do.
  private static func opened(_ tree: inout PlanTree, _ sample: PlanSample) -> Plan? {
    do throws(PlanError) { return try Plan(tree, in: sample.mapping, verifying: .smallDatasets) } catch {
      guard error.reason.contains("_digest does not match") else { return nil }
      tree.seal()
      return try? Plan(tree, in: sample.mapping, verifying: .smallDatasets)
    }
  }

  private static func changed(_ sample: PlanSample, _ script: inout ByteReader) -> PlanSample? {
    let count = script.byte() % 12
    if count < 9 { return sample }
    var contents = sample.contents
    // A calibration seldom fits another model.
    if script.byte() % 2 == 0 {
      (contents.calibration, contents.points, contents.front) = (nil, [.dense], [])
    }
    for _ in 8..<count { ContentsChange.apply(to: &contents, &script) }
    return PlanSample(contents)
  }
}
