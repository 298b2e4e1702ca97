import HDF5
import Imaging
import Inference
import Plan
import PlanFile
import PlanWriting
import TinyPlans

enum PlanFuzzing {
  /// An input is a script of changes of a valid plan. They are made through the library, and then every digest is made
  /// right again: what is left between a stranger and the runtime is what the reader checks.
  static func read(_ bytes: [UInt8]) -> Bool {
    let file = ScratchFile(sample.file)
    var script = ByteReader(bytes)
    var changes: [PlanChange] = []
    while !script.isAtEnd, changes.count < 8 { changes.append(PlanChange(&script, sample)) }
    Surgery.on(file.path) { surgery in for change in changes { change.apply(surgery) } }
    repairDigests(file.path)
    guard let plan = try? Plan(contentsOf: file.path, verifying: .everything) else { return false }
    use(plan)
    return true
  }

  /// Puts the digests of the contents into the root, where the structure can be read at all. Those of datasets are
  /// written with the datasets.
  private static func repairDigests(_ path: String) {
    guard var tree = try? PlanTree(contentsOf: path) else { return }
    let digests = tree.seal()
    Surgery.on(path) { surgery in
      surgery.text("weights_digest", of: "/", digests.weights)
      surgery.text("contents_digest", of: "/", digests.contents)
    }
  }

  /// Asks the model a question at each of its points. Errors are answers too.
  private static func use(_ plan: Plan) {
    guard let model = try? Model(plan) else { return }
    let context = Context(model, threads: 1)
    for point in plan.contents.points + plan.contents.front {
      guard let dialogue = try? Dialogue(context, point: point) else { continue }
      var question = Question(images: [.bytes(picture, name: "picture")], prompt: "a b ab")
      question.options.maxTokens = 3
      _ = try? dialogue.answer(question)
    }
  }

  private static let sample: PlanSample = {
    let file = ScratchFile([])
    do {
      try PlanWriter.write(TinyPlan.contents(), weights: SmallWeights(), to: file.path)
      return try PlanSample(contentsOf: file.path)
    } catch { preconditionFailure("\(error)") }
  }()

  private static let picture: [UInt8] = {
    let image = RGBImage(width: 5, height: 4, pixels: (0..<60).map { UInt8($0 * 4) })
    return (try? image.png()) ?? []
  }()
}
