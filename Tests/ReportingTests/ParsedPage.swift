import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A page as an XML parser sees it: elements in order, and all text.
final class ParsedPage: NSObject, XMLParserDelegate {
  /// An element with its attributes.
  struct Element {
    let name: String
    let attributes: [String: String]
    /// Names of the elements around it, the outermost first.
    let parents: [String]
  }

  private(set) var elements: [Element] = []
  private(set) var text = ""
  private var open: [String] = []

  /// Parses the whole page; what is not well-formed is an error.
  init(_ source: String) throws {
    super.init()
    let parser = XMLParser(data: Data(source.utf8))
    parser.delegate = self
    let isWellFormed = parser.parse()
    try #require(
      isWellFormed,
      "line \(parser.lineNumber), column \(parser.columnNumber): \(String(describing: parser.parserError))")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append(Element(name: name, attributes: attributes, parents: open))
    open.append(name)
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { open.removeLast() }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  /// Values of an attribute over all elements.
  func values(_ attribute: String) -> [String] { elements.compactMap { $0.attributes[attribute] } }
}
