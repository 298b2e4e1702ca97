public import Espalier
public import Figures

/// Puts what becomes of a request together in the form of an interface: whole, or piece after piece of a stream.
public protocol Reply: Sendable {
  /// Takes in an event that is no failure; returns what a stream sends for it.
  mutating func take(_ event: Service.Event) -> [String]
  /// What a stream sends when the request fails on its way.
  func failure(_ error: RequestError) -> String
  /// What a stream ends with behind everything else.
  var ending: String { get }
  /// The whole reply, once the report has come.
  var whole: Figures.JSON { get }
  /// The media type of a stream.
  var streamType: String { get }
}

/// A request that was understood: what the service is asked, and who makes the reply.
public struct Asked: Sendable {
  /// What the service is asked.
  public let request: Service.Request
  /// Whether the reply is sent as it grows.
  public let isStreamed: Bool
  /// Who makes the reply.
  public var reply: any Reply
}

extension Figures.JSON {
  /// A server-sent event of one line.
  func event(named name: String? = nil) -> String {
    (name.map { "event: \($0)\n" } ?? "") + "data: \(line)\n\n"
  }
}
