import Hummingbird
import Logging
import NIOCore
import Output
import Serving

/// A line a request in the log, and an answer in the form of its interface whatever fails.
struct RequestLog: RouterMiddleware {
  let served: Served
  let routes: RouteTable

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var response: Response
    do {
      response = try await next(request, context)
    } catch let error as RequestError {
      response = Response(error, body: body(of: error, request))
    } catch let error as any HTTPResponseError {
      let error = known(error.status, request)
      response = Response(error, body: body(of: error, request))
      if error.status == 405 {
        response.headers[.allow] = routes.methods(of: request.uri.path).joined(separator: ", ")
      }
    } catch is CancellationError {
      let error = RequestError(503, "the server is ending", code: "draining")
      response = Response(error, body: body(of: error, request))
    }
    response.headers[.xContentTypeOptions] = "nosniff"
    served.count(status: response.status.code)
    let (status, log) = (response.status.code, context.logger)
    @Sendable func write() {
      log.info(
        "\(request.method.rawValue) \(String(request.uri.path.prefix(128)).printable()) \(status) \(start.duration(to: .now).milliseconds) ms"
      )
    }
    guard response.body.contentLength == nil else {
      write()
      return response
    }
    // Of a stream the whole time counts, not that to its first byte.
    let body = response.body
    response.body = ResponseBody { writer in
      defer { write() }
      try await body.write(writer)
    }
    return response
  }

  /// An error of the framework in the words of this server.
  private func known(_ status: HTTPResponse.Status, _ request: Request) -> RequestError {
    switch status {
    case .notFound:
      routes.methods(of: request.uri.path).isEmpty
        ? RequestError(404, "there is nothing at this address", code: "not_found")
        : RequestError(
          405, "the method \(request.method.rawValue.prefix(16)) is not for this address",
          code: "method_not_allowed")
    case .contentTooLarge:
      RequestError(413, "the request is larger than the limit", code: "request_too_large")
    default: RequestError(status.code, status.reasonPhrase, code: nil)
    }
  }

  private func body(of error: RequestError, _ request: Request) -> String {
    let interface = request.uri.path.hasPrefix("/api/") ? Interface.ollamaChat : .chatCompletions
    return interface.body(of: error)
  }
}

extension Duration {
  fileprivate var milliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}
