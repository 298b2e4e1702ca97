/// A piece of markup that is HTML and well-formed XML alike.
///
/// Text is escaped on its way in, whatever it holds; only elements made here are markup. A literal is text too, so that
/// `"answers \(name) right"` is safe for every name.
public struct Markup: Equatable, Sendable {
  /// The source.
  public private(set) var source = ""

  /// Nothing.
  public init() {}

  /// Text.
  public init(text: String) { source = Self.escaped(text) }

  /// An element. Names of elements and attributes come from this code alone; values and content may come from anywhere.
  public static func element(
    _ name: StaticString, _ attributes: [Attribute] = [], _ content: [Markup] = []
  ) -> Markup {
    var result = Markup()
    result.source = "<\(name)"
    for attribute in attributes { result.source += " \(attribute.name)=\"\(escaped(attribute.value))\"" }
    if voidElements.contains("\(name)") {
      result.source += " />"
      return result
    }
    result.source += ">"
    for piece in content { result.source += piece.source }
    result.source += "</\(name)>"
    return result
  }

  /// The style sheet of a page. It is code of this module, without characters that would need escaping.
  static func style(_ sheet: StaticString) -> Markup {
    var result = Markup()
    result.source = "<style>\(sheet)</style>"
    return result
  }

  /// A name and a value of an element.
  public struct Attribute: Equatable, Sendable {
    let name: String
    let value: String

    /// An attribute.
    public init(_ name: StaticString, _ value: String) {
      self.name = "\(name)"
      self.value = value
    }
  }

  /// Pieces one behind the other.
  public static func + (left: Markup, right: Markup) -> Markup {
    var result = left
    result.source += right.source
    return result
  }

  /// Adds a piece.
  public static func += (left: inout Markup, right: Markup) { left.source += right.source }

  private static let voidElements: Set<String> = ["br", "col", "hr", "img", "link", "meta"]

  /// Text with the five special characters as entities, and what no XML document may hold as U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Markup: ExpressibleByStringInterpolation {
  /// Text.
  public init(stringLiteral value: String) { self.init(text: value) }

  /// Text with pieces in it.
  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.result }

  /// Text and pieces as they are written in a literal.
  public struct StringInterpolation: StringInterpolationProtocol {
    var result = Markup()

    /// Nothing yet.
    public init(literalCapacity: Int, interpolationCount: Int) {}
    /// Text between pieces.
    public mutating func appendLiteral(_ literal: String) { result += Markup(text: literal) }
    /// A piece.
    public mutating func appendInterpolation(_ piece: Markup) { result += piece }
    /// Anything else, as text.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      result += Markup(text: value.description)
    }
  }
}

extension [Markup] {
  /// The pieces one behind the other.
  func joined(separator: Markup = Markup()) -> Markup {
    var result = Markup()
    for (index, piece) in enumerated() {
      if index > 0 { result += separator }
      result += piece
    }
    return result
  }
}
