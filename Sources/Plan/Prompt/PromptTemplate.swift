/// A chat template evaluated at import: what stands before, between and after the parts people give.
///
/// A conversation is put together from it as `opening, content, closing` of one turn after the other, where a
/// content is texts and images with a joint between any two. A frame that the template cannot print is missing.
public struct PromptTemplate: Equatable, Sendable {
  /// What stands before the user's content of a turn.
  public var openings: [Frame]
  /// What stands after it: the reply and what leads to it, or the generation prompt of the turn to be answered.
  public var closings: [Frame]
  /// What stands between the parts of a content.
  public var joints: Joints
  /// Whether the images of a content are printed before all of its text, wherever they were placed.
  public var gathersImages = false
  /// Whether one image behind one text, and nothing else, is printed before it all the same (Mistral 3).
  public var gathersPairs = false
  /// Whether images that nobody has placed have a line of their own in front of the text.
  public var leadingImagesHaveLines = false
  /// White space that the template takes from the system prompt.
  public var systemTrimming = Trimming.none
  /// White space that the template takes from each of the user's texts.
  public var textTrimming = Trimming.none
  /// White space that the template takes from replies.
  public var replyTrimming = Trimming.none
  /// What the template leaves out of replies that end a thought with `</think>`: all up to the last of these, and white space
  /// behind it (Qwen3.5, LFM2.5-VL).
  public var replyThoughts = ReplyThoughts.kept
  /// White space that the image token takes with it from the text beside it.
  public var imageTrimming = Trimming.none

  /// Creates a template from its frames and joints.
  public init(openings: [Frame], closings: [Frame], joints: Joints = Joints()) {
    self.openings = openings
    self.closings = closings
    self.joints = joints
  }

  /// A template of one turn, with images printed before the text.
  public init(before: [Segment], afterImage: [Segment] = [], after: [Segment]) {
    self.init(
      openings: [Frame(.only, hasSystem: false, segments: before)],
      closings: [Frame(.only, hasSystem: false, touchesImage: false, segments: after)],
      joints: Joints(imageImage: afterImage, imageText: afterImage))
    gathersImages = true
  }

  /// What becomes of the thoughts in a reply.
  public enum ReplyThoughts: String, CaseIterable, Sendable {
    /// They are text as any other.
    case kept
    /// They are left out.
    case dropped
    /// They are left out, with the line ends behind them.
    case droppedWithLines = "dropped_with_lines"
    /// They are left out, with all white space behind them.
    case droppedWithSpace = "dropped_with_space"

    /// What ends a thought.
    public static let end = "</think>"

    /// What is left of a reply.
    public func left(of reply: String) -> String {
      let (bytes, end) = (Array(reply.utf8), Array(Self.end.utf8))
      guard self != .kept, bytes.count >= end.count,
        let last = (0...bytes.count - end.count).last(where: { bytes[$0...].starts(with: end) })
      else { return reply }
      var rest = String(decoding: bytes[(last + end.count)...], as: UTF8.self).unicodeScalars[...]
      while let first = rest.first,
        self == .droppedWithSpace ? Trimming.isSpace(first) : self == .droppedWithLines && first == "\n"
      {
        rest.removeFirst()
      }
      return String(rest)
    }
  }

  /// One part of a frame or joint.
  public enum Segment: Equatable, Sendable {
    /// Text of the template; tokenised together with the text beside it.
    case literal(String)
    /// A control token of the template.
    case special(Int32)
    /// A control token that the tokenizer puts in front of every text; the text itself starts after it.
    case leading(Int32)
    /// Where the system prompt stands.
    case system
    /// Where the reply of the turn stands.
    case reply
    /// The day or time of the question, as `strftime` writes it in a format.
    case date(String)
  }

  /// Where in a conversation a turn is.
  public enum Turn: String, CaseIterable, Sendable {
    /// The one turn there is: to be answered.
    case only
    /// The first of several, with its reply.
    case first
    /// One between the first and the last, with its reply.
    case middle
    /// The last of several: to be answered.
    case last
  }

  /// What stands on one side of a content, and when.
  public struct Frame: Equatable, Sendable {
    /// The turn it belongs to.
    public var turn: Turn
    /// Whether it is for conversations with a system prompt or for those without; `nil` for both.
    public var hasSystem: Bool?
    /// Whether it is for contents with an image on this side or for those with text; `nil` for both.
    public var touchesImage: Bool?
    /// Whether it takes the white space on this side of the content.
    public var trimsContent: Bool
    /// Its parts, in order.
    public var segments: [Segment]

    /// Creates a frame.
    public init(
      _ turn: Turn, hasSystem: Bool? = nil, touchesImage: Bool? = nil, trimsContent: Bool = false,
      segments: [Segment]
    ) {
      self.turn = turn
      self.hasSystem = hasSystem
      self.touchesImage = touchesImage
      self.trimsContent = trimsContent
      self.segments = segments
    }

    /// Whether it is the frame for such a turn.
    public func fits(_ turn: Turn, hasSystem: Bool, touchesImage: Bool) -> Bool {
      turn == self.turn && hasSystem == self.hasSystem ?? hasSystem
        && touchesImage == self.touchesImage ?? touchesImage
    }
  }

  /// What stands between two parts of a content, by their kinds.
  public struct Joints: Equatable, Sendable {
    /// Between two images.
    public var imageImage: [Segment]
    /// Between an image and the text after it.
    public var imageText: [Segment]
    /// Between a text and the image after it.
    public var textImage: [Segment]
    /// Between two texts.
    public var textText: [Segment]

    /// Creates joints.
    public init(
      imageImage: [Segment] = [], imageText: [Segment] = [], textImage: [Segment] = [],
      textText: [Segment] = []
    ) {
      self.imageImage = imageImage
      self.imageText = imageText
      self.textImage = textImage
      self.textText = textText
    }
  }
}
