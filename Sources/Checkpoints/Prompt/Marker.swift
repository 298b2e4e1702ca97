import Plan
import Tokenization

/// Text that stands for what a person will say while a template is evaluated.
///
/// Private-use characters enclose it, which no template and no vocabulary has; letters of both cases show a
/// template that changes them.
///
/// A rare white space on both sides shows a template that takes white space away.
enum Marker: Hashable {
  case system
  case text(Int)
  case reply(Int)

  fileprivate static let open: Unicode.Scalar = "\u{F8F0}"
  fileprivate static let close: Unicode.Scalar = "\u{F8F1}"
  fileprivate static let space: Unicode.Scalar = "\u{2003}"

  fileprivate var name: String {
    switch self {
    case .system: "System aB"
    case .text(let number): "Text \(number) aB"
    case .reply(let number): "Reply \(number) aB"
    }
  }

  /// What the template is given.
  var string: String { "\(Self.space)\(Self.open)\(name)\(Self.close)\(Self.space)" }

  /// For messages.
  var summary: String {
    switch self {
    case .system: "the system prompt"
    case .text: "the user's text"
    case .reply: "a reply"
    }
  }

  /// A part of what a template has printed.
  enum Piece: Equatable {
    case marker(Marker)
    case part(PromptPart)
  }

}

/// Text that stands for a date while a template is evaluated, with its format.
enum DateMarker {
  fileprivate static let open: Unicode.Scalar = "\u{F8F2}"
  fileprivate static let close: Unicode.Scalar = "\u{F8F3}"

  /// What the template is given.
  static func text(_ format: String) -> String { "\(open)\(format)\(close)" }

  /// The literals and dates of a text; `nil` where the template has done something to a date.
  static func segments(of text: String) -> [PromptTemplate.Segment]? {
    var segments: [PromptTemplate.Segment] = []
    var literal = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let first = rest.popFirst() {
      guard first == open || first == close else {
        literal.append(first)
        continue
      }
      guard first == open, let end = rest.firstIndex(of: close) else { return nil }
      let format = String(rest[..<end])
      guard PromptTemplate.Segment.isDateFormat(format) else { return nil }
      if !literal.isEmpty { segments.append(.literal(String(literal))) }
      literal = String.UnicodeScalarView()
      segments.append(.date(format))
      rest = rest[rest.index(after: end)...]
    }
    if !literal.isEmpty { segments.append(.literal(String(literal))) }
    return segments
  }
}

/// What a template has printed, with the markers in it found.
struct MarkedText {
  private(set) var pieces: [Marker.Piece] = []
  /// White space that the template has taken from each marker.
  private var trimming: [Marker: Trimming] = [:]

  /// Finds the given markers in printed parts.
  init(_ parts: [PromptPart], _ markers: [Marker]) {
    for part in parts {
      if case .text(let text) = part { read(text, markers) } else { pieces.append(.part(part)) }
    }
  }

  private mutating func read(_ text: String, _ markers: [Marker]) {
    var literal = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let first = rest.popFirst() {
      guard first == Marker.open, let end = rest.firstIndex(of: Marker.close),
        let marker = markers.first(where: { $0.name.unicodeScalars.elementsEqual(rest[..<end]) })
      else {
        literal.append(first)
        continue
      }
      rest = rest[rest.index(after: end)...]
      let hasLeft = literal.last == Marker.space
      if hasLeft { literal.removeLast() }
      let hasRight = rest.first == Marker.space
      if hasRight { rest.removeFirst() }
      if !literal.isEmpty { pieces.append(.part(.text(String(literal)))) }
      literal = String.UnicodeScalarView()
      pieces.append(.marker(marker))
      trimming[marker] = Trimming(left: !hasLeft, right: !hasRight)
    }
    if !literal.isEmpty { pieces.append(.part(.text(String(literal)))) }
  }

  /// White space that the template has taken from a marker.
  func trimming(of marker: Marker) -> Trimming { trimming[marker] ?? .none }
}
