import HTTPTypes
import Hummingbird
import Serving

/// Refuses what a page of somebody else's asks a browser on this machine to send here.
///
/// A browser names the page in `Origin`, and the host that the page thinks it speaks to in `Host`: a name that somebody
/// has pointed at this machine is neither an address nor one of the names that are allowed.
struct HostCheck: RouterMiddleware {
  /// Names besides addresses and localhost.
  let allowedNames: Set<String>

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let authority = request.head.authority ?? ""
    guard isAllowed(authority) else {
      throw RequestError(
        403, "this server does not go by the name that the request has for it (--allow-host)",
        code: "host_not_allowed")
    }
    if let origin = request.headers[.origin] {
      guard let scheme = origin.firstRange(of: "://"), origin[scheme.upperBound...] == authority[...] else {
        throw RequestError(403, "requests of other sites are not answered", code: "origin_not_allowed")
      }
    }
    return try await next(request, context)
  }

  private func isAllowed(_ authority: String) -> Bool {
    // Clients on a unix socket may have no name for it.
    if authority.isEmpty { return true }
    if authority.hasPrefix("[") { return true }
    let name = authority.split(separator: ":", maxSplits: 1)[0].lowercased()
    let isAddress = name.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
    }
    return isAddress || name == "localhost" || name.hasSuffix(".localhost") || allowedNames.contains(name)
  }
}
