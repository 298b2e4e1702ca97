import Plan
import Tokenization

extension TemplateCompiler {
  /// Whether the template prints images before all text of a content.
  func gathersImages() throws(CheckpointError) -> Bool {
    let texts = [Marker.text(0), .text(1)]
    let content = Conversation.Content([.text(texts[0].string), .image, .text(texts[1].string)])
    let order = try marked(Self.oneTurn(content), texts).pieces.filter(\.isContent)
    let image = order.firstIndex(where: \.isImage)
    guard let image, image < 2, order.filter({ !$0.isImage }) == texts.map(Marker.Piece.marker) else {
      throw template.error("prints the texts and images of a question neither in order nor images first")
    }
    return image == 0
  }

  /// Whether the template prints one image behind one text before it.
  func gathersPairs() throws(CheckpointError) -> Bool {
    let content = Conversation.Content([.text(Marker.text(0).string), .image])
    return try marked(Self.oneTurn(content), [.text(0)]).pieces.first(where: \.isContent)?.isImage ?? false
  }

  /// What stands between the parts of a content, and the white space that goes from each text.
  func joints(gathers: Bool) throws(CheckpointError) -> (PromptTemplate.Joints, Trimming) {
    let texts = [Marker.text(0), .text(1)]
    let content = Conversation.Content([.text(texts[0].string), .image, .image, .text(texts[1].string)])
    let text = try marked(Self.oneTurn(content), texts)
    let pieces = text.pieces
    let places = pieces.indices.filter { pieces[$0].isContent }
    var between: [[PromptTemplate.Segment]] = []
    for (left, right) in zip(places, places.dropFirst()) {
      between.append(try segments(pieces[(left + 1)..<right]))
    }
    let joints: PromptTemplate.Joints =
      gathers
      ? .init(imageImage: between[0], imageText: between[1], textText: between[2])
      : .init(imageImage: between[1], imageText: between[2], textImage: between[0])
    let trimming = Trimming(
      left: text.trimming(of: texts[1]).trimsLeft, right: text.trimming(of: texts[0]).trimsRight)
    return (joints, trimming)
  }

  /// Adds the frames of a turn around each kind of content that is printed first or last in it.
  func addFrames(
    of turn: PromptTemplate.Turn, system: Bool, gathers: Bool, to frames: inout FrameCollector
  ) throws(CheckpointError) {
    let (count, index) =
      switch turn {
      case .only: (1, 0)
      case .first: (2, 0)
      case .middle: (3, 1)
      case .last: (2, 1)
      }
    let text = Conversation.Content.Part.text(Marker.text(index).string)
    for parts in [[.image, text], gathers ? [text] : [text, .image, .image]] as [[Conversation.Content.Part]]
    {
      var conversation = Self.turns(count, system: system)
      if turn == .only || turn == .last {
        conversation.question.parts = parts
      } else {
        conversation.earlier[index].content.parts = parts
      }
      let replies = (0..<count - 1).map(Marker.reply)
      let markers = (system ? [.system] : []) + (0..<count).map(Marker.text) + replies
      let marked = try marked(conversation, markers)
      let pieces = marked.pieces
      let trimming = marked.trimming(of: .text(index))
      let start = index == 0 ? 0 : try place(of: .marker(.reply(index - 1)), in: pieces) + 1
      let end = index < replies.count ? try place(of: .marker(replies[index]), in: pieces) + 1 : pieces.count
      let text = try place(of: .marker(.text(index)), in: pieces)
      let image = pieces.lastIndex(where: \.isImage) ?? text
      let (first, last) = (min(text, image), max(text, image))
      guard start <= first, last < end else {
        throw template.error("prints the turns of a conversation out of order")
      }
      frames.openings.add(
        .init(
          turn, hasSystem: system, touchesImage: first != text, trimsContent: trimming.trimsLeft,
          segments: try segments(pieces[start..<first])))
      frames.closings.add(
        .init(
          turn, hasSystem: system, touchesImage: last != text, trimsContent: trimming.trimsRight,
          segments: try segments(pieces[(last + 1)..<end])))
    }
  }

  private func place(of piece: Marker.Piece, in pieces: [Marker.Piece]) throws(CheckpointError) -> Int {
    guard let place = pieces.firstIndex(of: piece) else {
      throw template.error("prints the turns of a conversation out of order")
    }
    return place
  }

  private func segments(_ pieces: ArraySlice<Marker.Piece>) throws(CheckpointError) -> [PromptTemplate
    .Segment]
  {
    var segments: [PromptTemplate.Segment] = []
    for piece in pieces {
      switch piece {
      case .part(.text(let text)):
        guard let own = DateMarker.segments(of: text) else {
          throw template.error("prints something else than the date that it asks for")
        }
        segments += own
      case .part(.special(let id)): segments.append(.special(id))
      case .part(.leading(let id)): segments.append(.leading(id))
      case .marker(.system): segments.append(.system)
      case .marker(.reply): segments.append(.reply)
      case .part(.image), .marker(.text):
        throw template.error("prints the turns of a conversation out of order")
      }
    }
    return segments
  }
}

extension Marker.Piece {
  /// Whether it is a part of a content.
  fileprivate var isContent: Bool {
    if case .marker(.text) = self { true } else { isImage }
  }
}

/// Frames as they are found; those that differ in nothing become one.
struct FrameCollector {
  var openings = Side()
  var closings = Side()

  /// The frames of one side.
  struct Side {
    private var frames: [PromptTemplate.Frame] = []

    /// Beside an image there is no white space to be taken: such a frame agrees with the one beside text.
    mutating func add(_ frame: PromptTemplate.Frame) {
      var frame = frame
      let twin = frames.firstIndex {
        $0.turn == frame.turn && $0.hasSystem == frame.hasSystem && $0.touchesImage != frame.touchesImage
      }
      if let twin, frame.touchesImage == true {
        frame.trimsContent = frames[twin].trimsContent
      } else if let twin {
        frames[twin].trimsContent = frame.trimsContent
      }
      if !frames.contains(frame) { frames.append(frame) }
    }

    /// Frames that do not depend on a condition lose it.
    func joined() -> [PromptTemplate.Frame] { Self.joined(Self.joined(frames, \.touchesImage), \.hasSystem) }

    private static func joined(
      _ frames: [PromptTemplate.Frame], _ condition: WritableKeyPath<PromptTemplate.Frame, Bool?>
    ) -> [PromptTemplate.Frame] {
      var result: [PromptTemplate.Frame] = []
      for frame in frames {
        var general = frame
        general[keyPath: condition] = nil
        let twin = result.firstIndex { other in
          var other = other
          let differs = other[keyPath: condition] != frame[keyPath: condition]
          other[keyPath: condition] = nil
          return differs && other == general
        }
        if let twin { result[twin] = general } else { result.append(frame) }
      }
      return result
    }
  }
}
