import Evaluation
import Figures

extension Report {
  /// Sample pictures with what each point keeps of them.
  var patches: PageSection {
    var section = PageSection(
      "patches", "What is kept of a picture",
      lead: [
        "The model cuts a picture into a grid of patches, one visual token each. The first picture of a row is what the model is given; the others show what each point keeps of it. Hatched patches are dropped: the later layers never see them. Darker patches are kept, but some of the caches that the answer is written from have let go of them."
      ])
    guard let evaluation, !evaluation.patches.samples.isEmpty else {
      section.body = [
        evaluation == nil
          ? missingSet("A drawing of the kept patches")
          : missing(
            "A drawing of the kept patches", "None were asked for: see \(Markup.code("--pictures")).")
      ]
      return section
    }
    let samples = evaluation.patches.samples
    section.body =
      [
        .p(
          "\(Wording.count(samples.count, "sample")) of the set. Up to half of them were picked because the last point gets them wrong where dense is right, the others are evenly spaced: this is not a measure of how often a point fails."
        ), PatchOverlay.legend, PatchOverlay.pattern,
      ] + samples.enumerated().map { self.sample($0.element, number: $0.offset) }
    return section
  }

  private func sample(_ sample: SamplePicture, number: Int) -> Markup {
    let answer =
      sample.answer.map { " Right answer: \u{201C}\(Markup.strong(.quoted($0)))\u{201D}" as Markup } ?? ""
    let task = sample.task.map { " (\(Markup.quoted($0)))" as Markup } ?? ""
    let question = Markup.p(
      "Question\(task): \u{201C}\(Markup.strong(.quoted(sample.prompt)))\u{201D}\(answer)")
    let panels = sample.points.enumerated().map { index, point in
      panel(sample, point, number: number, index: index)
    }
    return .element(
      "div", class: "sample", .heading(3, "Sample \(Markup.quoted(sample.id))"), question,
      .element("div", [.init("class", "panels")], panels))
  }

  private func panel(
    _ sample: SamplePicture, _ point: SamplePicture.Outcome, number: Int, index: Int
  ) -> Markup {
    let isFirst = index == 0
    let kept = point.isKept.count { $0 }
    let cached = point.cacheShares.reduce(0, +) / Double(max(1, point.cacheShares.count))
    let words =
      point.isKept.isEmpty
      ? "fewer pixels, on grids of their own"
      : kept == point.isKept.count
        ? "all \(kept) tokens kept" : "\(kept) of \(point.isKept.count) tokens kept"
    let drawings = sample.blocks.enumerated().map { place, block in
      drawing(
        block, point, id: "picture-\(number)-\(place)", panel: "patches-\(number)-\(index)-\(place)",
        isFirst: isFirst,
        title: "\(sample.id), \(point.point): \(words)")
    }
    let verdict: Markup
    switch point.correct {
    case true?: verdict = .element("span", class: "gain", "right")
    case false?: verdict = .element("span", class: "harm", "wrong")
    case nil: verdict = "answered"
    }
    return .element(
      "figure", class: "panel", .element("div", [.init("class", "blocks")], drawings),
      .element(
        "figcaption", [],
        [
          Markup.strong(named(point.point)), .element("br"),
          "\(words), \(Wording.share(cached)) of the cache", .element("br"), "\(verdict): ",
          .quoted(point.answer),
        ]))
  }

  /// The picture's bytes are in the page once, where it is drawn first.
  private func drawing(
    _ block: SamplePicture.Block, _ point: SamplePicture.Outcome, id: String, panel: String, isFirst: Bool,
    title: String
  ) -> Markup {
    let picture =
      isFirst
      ? Markup.element(
        "image",
        [
          .init("id", id), .init("href", "data:image/png;base64,\(Base64.text(block.png))"),
          .init("width", "\(block.width)"), .init("height", "\(block.height)"),
        ]) : .element("use", [.init("href", "#\(id)")])
    let tokens = block.grid.tokens
    let isWithin = tokens.upperBound <= point.isKept.count
    let overlay = PatchOverlay(
      width: block.width, height: block.height, rows: block.grid.rows, columns: block.grid.columns,
      isKept: isWithin ? Array(point.isKept[tokens]) : [],
      cacheShares: isWithin ? Array(point.cacheShares[tokens]) : [])
    return .element(
      "svg",
      [
        .init("viewBox", "0 0 \(block.width) \(block.height)"), .init("role", "img"),
        .init("aria-labelledby", "\(panel)-title"),
      ],
      [.element("title", [.init("id", "\(panel)-title")], [Markup(text: title)]), picture] + overlay.squares)
  }
}
