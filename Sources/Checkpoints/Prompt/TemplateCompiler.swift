import Plan
import Tokenization

/// Turns a chat template into segments: conversations of markers are printed and cut where the markers are.
struct TemplateCompiler {
  let template: ChatTemplate
  private let cutter: SegmentCutter
  private let leadingTokens: [Int32]
  private let bos: String?
  /// The text of an image token, and the same with what is put around it.
  private let image: (text: String, whole: String)
  private(set) var renderer: ChatRenderer

  /// - Parameters:
  ///   - added: the tokenizer's added tokens: what the printed text is cut at.
  ///   - leadingTokens: what the tokenizer puts before every text.
  ///   - imageEdges: text that is put before and behind every image token that the template prints.
  ///   - specialTokens: texts of control tokens by the names templates have for them.
  ///   - isCancelled: asked now and then, while the template prints, whether to give up.
  init(
    _ template: ChatTemplate, added: [TokenizerTables.AddedToken], leadingTokens: [Int32], imageToken: Int,
    imageEdges: (before: String, after: String) = ("", ""), specialTokens: [String: String],
    isCancelled: @escaping () -> Bool = { false }
  ) throws(CheckpointError) {
    self.template = template
    let id = Int32(clamping: imageToken)
    guard let image = added.first(where: { $0.id == id }) else {
      throw template.error("has no text for the image token \(imageToken): the tokenizer does not add it")
    }
    cutter = SegmentCutter(added, imageToken: id)
    self.leadingTokens = leadingTokens
    bos = specialTokens["bos_token"]
    self.image = (image.content, imageEdges.before + image.content + imageEdges.after)
    do {
      renderer = ChatRenderer(
        try Jinja.Template(template.source), specialTokens: specialTokens,
        imageText: image.content, isCancelled: isCancelled)
    } catch { throw template.error(error) }
  }

  /// The segments of the template. What the template refuses is left out; what it prints but segments cannot say
  /// is an error.
  mutating func compile() throws(CheckpointError) -> PromptTemplate {
    try chooseUserDialect()
    let gathers = try gathersImages()
    let hasSystem = try accepts(
      Self.oneTurn(system: Marker.system.string), of: [.system], \.systemIsText)
    let hasTurns = try accepts(Self.turns(2), of: [.reply(0)], \.replyIsText)
    var result = PromptTemplate(openings: [], closings: [])
    result.gathersImages = gathers
    result.gathersPairs = gathers ? false : try gathersPairs()
    result.leadingImagesHaveLines = renderer.dialect.userIsText
    result.imageTrimming = cutter.imageTrimming
    (result.joints, result.textTrimming) = try joints(gathers: gathers)
    if hasSystem {
      let system = Self.oneTurn(system: Marker.system.string)
      result.systemTrimming = try marked(system, [.system, .text(0)]).trimming(of: .system)
    }
    if hasTurns {
      let markers = [Marker.text(0), .reply(0), .text(1)]
      result.replyTrimming = try marked(Self.turns(2), markers).trimming(of: .reply(0))
      result.replyThoughts = try replyThoughts()
    }
    var frames = FrameCollector()
    for system in hasSystem ? [false, true] : [false] {
      for turn in PromptTemplate.Turn.allCases where turn == .only || hasTurns {
        // A template may take both and refuse them together.
        if system && turn != .only, try !accepts(Self.turns(2, system: true)) { continue }
        try addFrames(of: turn, system: system, gathers: gathers, to: &frames)
      }
    }
    result.openings = frames.openings.joined()
    result.closings = frames.closings.joined()
    try verify(result, hasSystem: hasSystem, hasTurns: hasTurns)
    if hasTurns { try verifyThoughts(result) }
    return result
  }

  // MARK: Printing

  /// What the template prints, as parts of a prompt with the control tokens that the tokenizer puts in front.
  func print(_ conversation: Conversation) throws(Jinja.Failure) -> [PromptPart] {
    var text = try renderer.text(of: conversation)
    if image.whole != image.text { text.replace(image.text, with: image.whole) }
    // As Hugging Face does: control tokens come in front unless the template has put its own there.
    let isOpened = bos.map { text.utf8.starts(with: $0.utf8) } ?? false
    return (isOpened ? [] : leadingTokens.map { .leading($0) }) + cutter.parts(of: text)
  }

  /// What the template prints for markers, all of which have to be there once.
  func marked(_ conversation: Conversation, _ markers: [Marker]) throws(CheckpointError) -> MarkedText {
    let text: MarkedText
    do { text = MarkedText(try print(conversation), markers) } catch { throw template.error(error) }
    let pieces = text.pieces
    for marker in markers {
      let count = pieces.count { $0 == .marker(marker) }
      guard count == 1 else {
        throw template.error("prints \(marker.summary) \(count) times, expected once")
      }
    }
    let images = pieces.count { $0.isImage }
    guard images == conversation.imageCount else {
      throw template.error("prints \(conversation.imageCount) images \(images) times, expected once each")
    }
    return text
  }

  // MARK: Dialect

  /// Lists of parts if the template prints images of them, else one text with the image token in it.
  private mutating func chooseUserDialect() throws(CheckpointError) {
    let question = Self.oneTurn(Conversation.Content([.image, .text(Marker.text(0).string)]))
    var failure: Jinja.Failure?
    var printsText = false
    do {
      let pieces = MarkedText(try print(question), [.text(0)]).pieces
      if pieces.contains(where: \.isImage) { return }
      printsText = pieces.contains(.marker(.text(0)))
    } catch { failure = error }
    renderer.dialect.userIsText = true
    do {
      let pieces = MarkedText(try print(question), [.text(0)]).pieces
      // What prints the text of a list but nothing of a plain text is better explained by the list.
      let printsBoth = pieces.contains(where: \.isImage) && pieces.contains(.marker(.text(0)))
      renderer.dialect.userIsText = printsBoth || !printsText
    } catch {
      renderer.dialect.userIsText = !printsText
      if printsText { return }
      // Of both, the one that went further knows more.
      guard let failure, failure.line >= error.line else { throw template.error(error) }
      throw template.error(failure)
    }
  }

  /// Whether the template prints a conversation, its markers as parts or as one text.
  private mutating func accepts(
    _ conversation: Conversation, of markers: [Marker],
    _ isText: WritableKeyPath<ChatRenderer.Dialect, Bool>
  ) throws(CheckpointError) -> Bool {
    var failures: [Jinja.Failure] = []
    for choice in [false, true] {
      renderer.dialect[keyPath: isText] = choice
      do {
        let pieces = MarkedText(try print(conversation), markers).pieces
        if markers.allSatisfy({ pieces.contains(.marker($0)) }) { return true }
      } catch { failures.append(error) }
    }
    if failures.count == 2, !failures.contains(where: \.isRefusal) { throw template.error(failures[1]) }
    return false
  }

  private func accepts(_ conversation: Conversation) throws(CheckpointError) -> Bool {
    do { _ = try print(conversation) } catch {
      if error.isRefusal { return false }
      throw template.error(error)
    }
    return true
  }

  /// What becomes of a thought in a reply that is not the last.
  private func replyThoughts() throws(CheckpointError) -> PromptTemplate.ReplyThoughts {
    let thought = "A thought aB"
    var conversation = Self.turns(2)
    let end = PromptTemplate.ReplyThoughts.end
    // White space in front of the marker, of which more line ends than a template prints itself.
    let lines = "\n\n\n\n\n"
    conversation.earlier[0].reply = thought + end + lines + " \n" + Marker.reply(0).string
    let text: String
    do { text = try renderer.text(of: conversation) } catch { throw template.error(error) }
    guard !text.contains(thought) else { return .kept }
    // Its own last white space may have gone.
    let marker = String(Marker.reply(0).string.dropLast())
    if text.contains(lines + " \n" + marker) { return .dropped }
    return text.contains(" \n" + marker) ? .droppedWithLines : .droppedWithSpace
  }

  // MARK: Conversations

  static func oneTurn(
    _ content: Conversation.Content = .init([.text(Marker.text(0).string)]), system: String? = nil
  ) -> Conversation { Conversation(system: system, question: content) }

  /// Turns of one text each.
  static func turns(_ count: Int, system: Bool = false) -> Conversation {
    func content(_ index: Int) -> Conversation.Content { .init([.text(Marker.text(index).string)]) }
    return Conversation(
      system: system ? Marker.system.string : nil,
      earlier: (0..<count - 1).map { .init(content: content($0), reply: Marker.reply($0).string) },
      question: content(count - 1))
  }
}

extension Marker.Piece {
  var isImage: Bool { if case .part(.image) = self { true } else { false } }
}
