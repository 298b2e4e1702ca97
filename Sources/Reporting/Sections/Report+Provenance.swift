import Evaluation
import Figures
import Plan

extension Report {
  /// What all this was made from, and how to make it again.
  var provenance: PageSection {
    PageSection(
      "provenance", "Where the figures come from",
      lead: [
        "What the plan and this report were made from, so that both can be made again. Digests are SHA-256: two files with the same digest are the same file. Times depend on the machine; on the same processor everything else is the same in every run."
      ],
      body: [facts, .heading(3, "To make it again"), .console(command), points])
  }

  private var facts: Markup {
    let contents = plan.contents
    var items: [Markup] = []
    func row(_ name: Markup, _ value: Markup) {
      items += [.element("dt", [], [name]), .element("dd", [], [value])]
    }
    row("plan", .quoted(plan.path))
    if !plan.producer.isEmpty { row("written by", .quoted(plan.producer)) }
    row(
      "size",
      "\(Wording.words(Double(plan.fileBytes), .bytes)), of which weights \(Wording.words(Double(plan.weightBytes), .bytes))"
    )
    let others = Set(contents.weightOverrides.values.map(\.rawValue)).sorted()
    row(
      "weights stored as",
      "\(contents.weightFormat.rawValue)\(others.isEmpty ? "" : ", some tensors as \(Wording.list(others))")")
    if !contents.narrowProducts.isEmpty {
      row("activations of 7 bits", "\(Wording.list(contents.narrowProducts))")
    }
    row("digest of the weights", .code(plan.weightsDigest))
    row("digest of everything else", .code(plan.contentsDigest))
    if !contents.sourceDigest.isEmpty { row("digest of the checkpoint", .code(contents.sourceDigest)) }
    if let record = contents.calibration?.provenance {
      row(
        "calibration",
        "\(Wording.count(record.samples, "sample")), \(Wording.count(record.pictures.count, "picture")), seed \(record.seed)"
      )
      row("digest of the calibration set", .code(record.setDigest))
      if !record.validationPictures.isEmpty {
        row("tuning", "\(Wording.count(record.validationPictures.count, "picture")) of the validation split")
      }
    } else {
      row("calibration", "none")
    }
    if let evaluation {
      let pictures = Set(evaluation.scores.first?.samples.map(\.image) ?? []).count
      row("evaluated on", .quoted(evaluation.set))
      row(
        "samples",
        "\(Wording.count(evaluation.samples, "question")) about \(Wording.count(pictures, "picture"))")
      row("digest of these samples", .code(evaluation.setDigest))
      row("threads", "\(evaluation.threads)")
      row("most tokens of an answer", "\(evaluation.maxTokens)")
      row("intervals", "95 %, bootstrap over pictures, 1000 draws")
    } else {
      row("evaluated on", "nothing: the report shows what the plan stores")
    }
    return .element("dl", [.init("class", "facts")], items)
  }

  private var points: Markup {
    let points = plan.contents.points
    if points.isEmpty { return Markup() }
    return .heading(3, "Settings of the points")
      + .list(points.map { "\(named($0.name)): \($0.settings.summary)" })
  }
}
