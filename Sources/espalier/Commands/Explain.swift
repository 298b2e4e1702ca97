import ArgumentParser
import Figures
import Imaging
import Inference
import Output
import Plan
import PlanFile
import Reporting

/// Shows what a point dropped of its pictures for one question.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show which patches each stage of a point dropped for a question, as a picture and as JSON.",
    discussion: """
      The picture has a row for each tile that the vision tower saw and a column for each stage: what it saw, the \
      tokens that stay, the cache entries that decoding reads.
      """)

  @Argument(help: "Plan to explain.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: "Picture (JPEG, PNG, WebP, GIF or BMP); may be repeated.",
    completion: .file(extensions: ["jpg", "jpeg", "png", "webp", "gif", "bmp"]))
  var image: [String]

  @OptionGroup var words: ConversationArguments

  @Option(parsing: .unconditional, help: "Operating point. (default: balanced, or the custom one)")
  var point: String?

  @Option(
    name: .shortAndLong, parsing: .unconditional, help: "PNG to write.",
    completion: .file(extensions: ["png"]))
  var output: String

  @Option(help: "Most tokens of the answers.")
  var maxTokens = 64

  @Flag(help: "Print what was dropped as JSON, patch by patch.")
  var json = false

  @OptionGroup(title: "Custom point") var custom: PruningArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    try OptionRange.check("max-tokens", maxTokens, OptionRange.tokens)
  }

  func run() throws {
    try AtomicFile.check(output, inputs: [plan] + image)
    let opened = try Plan(contentsOf: plan)
    let point =
      try point.map { try opened.point(named: $0) } ?? custom.point(opened.contents)
      ?? opened.point(named: "balanced")
    let context = try engine.context(opened)
    try context.model.checkLength(try words.conversation, images: image)
    let explanation = try Explanation(
      try words.conversation, images: image, at: point, in: context, maxTokens: maxTokens)
    try opened.checkUnchanged()
    let sheet = try explanation.overlay().png(named: output)
    try AtomicFile.write(sheet, to: output)
    try printResult(explanation.json, asJSON: json) { text(explanation) }
  }

  private func text(_ explanation: Explanation) -> String {
    let fate = explanation.fate
    let (visual, kept) = (fate.isKept.count, fate.isKept.count { $0 })
    let shares = fate.entryShares.reduce(0, +) / Double(max(1, visual))
    return """
      \(explanation.point.name.printable(limit: 48)): \(explanation.point.settings.summary.printable())
      \(kept) of \(visual) visual tokens stay; \(Figure(shares, .share)) of the visual cache entries are left
      answer: \(explanation.answer.printable())
      dense:  \(explanation.denseAnswer.printable())
      \(output.printable()), from left to right: \(explanation.panels.joined(separator: "; "))
      """
  }
}
