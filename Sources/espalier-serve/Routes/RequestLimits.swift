import Hummingbird
import NIOCore
import Serving

/// What a request may take.
struct RequestLimits: Sendable {
  /// Bytes of its body.
  let maxBody: Int
  /// Time in which the body has to come.
  let bodyTimeout: Duration
  /// Bytes of all requests at hand.
  let budget: BodyBudget
  /// Time of the whole request.
  let requestTimeout: Duration

  /// The body, if it comes in time and is not too large. It counts as at hand while what is returned beside it lives.
  func body(of request: Request, _ context: ServerContext) async throws -> (bytes: [UInt8], held: HeldBody) {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maxBody { throw tooLarge }
    let (body, held) = (request.body, HeldBody(budget))
    let reading = Task {
      var bytes: [UInt8] = []
      for try await buffer in body {
        guard bytes.count + buffer.readableBytes <= maxBody else { throw tooLarge }
        try held.add(buffer.readableBytes)
        bytes += buffer.readableBytesView
      }
      try Task.checkCancellation()
      return bytes
    }
    // A sleeping task would keep its memory to the end of its time, however soon the body has come.
    let alarm = context.schedule(in: bodyTimeout) { reading.cancel() }
    defer { alarm.cancel() }
    do {
      return try await withTaskCancellationHandler {
        (try await reading.value, held)
      } onCancel: {
        reading.cancel()
      }
    } catch is CancellationError where !Task.isCancelled {
      throw RequestError(408, "the body of the request did not come in time", code: "timeout")
    }
  }

  private var tooLarge: RequestError {
    RequestError(413, "the request has more than \(maxBody) bytes", code: "request_too_large")
  }
}
