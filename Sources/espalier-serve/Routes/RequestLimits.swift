import Hummingbird
import NIOCore
import Serving

/// What a request may take.
struct RequestLimits: Sendable {
  /// Bytes of its body.
  let maxBody: Int
  /// Time in which the body has to come.
  let bodyTimeout: Duration
  /// Time of the whole request.
  let requestTimeout: Duration

  /// The body, if it comes in time and is not too large.
  func body(of request: Request) async throws -> [UInt8] {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maxBody { throw tooLarge }
    return try await withThrowingTaskGroup(of: [UInt8].self) { group in
      group.addTask {
        var bytes: [UInt8] = []
        for try await buffer in request.body {
          guard bytes.count + buffer.readableBytes <= maxBody else { throw tooLarge }
          bytes += buffer.readableBytesView
        }
        return bytes
      }
      group.addTask {
        try await Task.sleep(for: bodyTimeout)
        throw RequestError(408, "the body of the request did not come in time", code: "timeout")
      }
      defer { group.cancelAll() }
      guard let bytes = try await group.next() else { throw CancellationError() }
      return bytes
    }
  }

  private var tooLarge: RequestError {
    RequestError(413, "the request has more than \(maxBody) bytes", code: "request_too_large")
  }
}
