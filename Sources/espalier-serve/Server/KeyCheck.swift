import FoundationEssentials
import HTTPTypes
import Hummingbird
import Serving

/// Answers only those who have a key, where there are keys. The page and the health of the server are open.
struct KeyCheck: RouterMiddleware {
  let keys: [[UInt8]]
  private static let open: Set<String> = ["/", "/health", "/openapi.json"]

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    if !keys.isEmpty, !Self.open.contains(request.uri.path) {
      guard let given = key(of: request), isKnown(given) else {
        throw RequestError(401, "a valid key is needed: Authorization: Bearer KEY", code: "invalid_api_key")
      }
    }
    return try await next(request, context)
  }

  private func key(of request: Request) -> [UInt8]? {
    guard let value = request.headers[.authorization], value.lowercased().hasPrefix("bearer ") else {
      return nil
    }
    return Array(value.dropFirst(7).utf8)
  }

  /// Takes the same time whatever a key has in common with those that are known, but for its length.
  private func isKnown(_ given: [UInt8]) -> Bool {
    var isKnown: UInt8 = 0
    for key in keys {
      var difference: UInt8 = key.count == given.count ? 0 : 1
      for index in key.indices { difference |= key[index] ^ (index < given.count ? given[index] : 0) }
      isKnown |= difference == 0 ? 1 : 0
    }
    return isKnown == 1
  }

  /// The keys of a file, one a line, and that of the environment.
  static func keys(file: String?, environment: String?) throws -> [[UInt8]] {
    var keys = [environment].compactMap { $0 }.filter { !$0.isEmpty }.map { Array($0.utf8) }
    if let file {
      guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw ExecutionError("\(file): cannot be read as a file of keys")
      }
      let lines = text.split(whereSeparator: \.isNewline)
        .map { $0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed() }
        .filter { !$0.isEmpty && $0.first != "#" }
      guard !lines.isEmpty else { throw ExecutionError("\(file): has no key") }
      keys += lines.map { Array(String($0).utf8) }
    }
    return keys
  }
}
