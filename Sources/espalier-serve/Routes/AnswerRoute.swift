import Espalier
import HTTPTypes
import Figures
import Hummingbird
import Logging
import NIOCore
import Output
import Serving

/// Answers requests that come by one of the interfaces.
struct AnswerRoute: Sendable {
  let interface: Interface
  let served: Served
  let limits: RequestLimits
  let defaults: AnswerOptions
  let logsPrompts: Bool

  func respond(to request: Request, _ context: ServerContext) async throws -> Response {
    let ready = try served.ready()
    let (body, held) = try await limits.body(of: request, context)
    // To the end of the reply: the pictures of the request are in memory until then.
    defer { withExtendedLifetime(held) {} }
    let id =
      String(UInt64.random(in: .min ... .max), radix: 16)
      + String(UInt64.random(in: .min ... .max), radix: 16)
    var asked = try interface.ask(
      body, point: request.headers[.espalierPoint], id: id, of: ready.model, defaults: defaults)
    var wanted = asked.request
    wanted.limit = limits.requestTimeout
    if logsPrompts { context.logger.info("asked: \(wanted.prompt.words.printable(limit: .max))") }
    let watch = try await context.watch()
    let (events, continuation) = AsyncStream<Service.Event>.makeStream()
    let ticket = try submit(wanted, to: ready.service) { event in
      continuation.yield(event)
      if event.isLast { continuation.finish() }
    }
    continuation.onTermination = { _ in ticket.cancel() }
    watch.start { ticket.cancel() }
    var iterator = events.makeAsyncIterator()
    // What fails before the first token has a status of its own.
    let first = await iterator.next()
    switch first {
    case .failure(let error)?:
      watch.stop()
      throw RequestError(error, ready.service)
    case nil:
      watch.stop()
      throw CancellationError()
    default: break
    }
    if asked.isStreamed {
      let alarm = context.closeConnection(in: limits.requestTimeout + Self.graceForReading)
      return stream(first, events, asked.reply, ticket, watch, held, alarm, ready.service)
    }
    defer { watch.stop() }
    var event = first
    while let next = event {
      if case .failure(let error) = next { throw RequestError(error, ready.service) }
      _ = asked.reply.take(next)
      if case .report = next { return Response(json: asked.reply.whole.line) }
      event = await iterator.next()
    }
    throw CancellationError()
  }

  /// How long a client may take to read what was answered in time.
  private static let graceForReading = Duration.seconds(60)

  private func submit(
    _ request: Service.Request, to service: Service, onEvent: @escaping @Sendable (Service.Event) -> Void
  ) throws(RequestError) -> ServiceTicket {
    do { return try service.submit(request, onEvent: onEvent) } catch { throw RequestError(error, service) }
  }

  private func stream(
    _ first: Service.Event?, _ events: AsyncStream<Service.Event>, _ reply: any Reply,
    _ ticket: ServiceTicket, _ watch: ConnectionWatch, _ held: HeldBody, _ alarm: Scheduled<Void>,
    _ service: Service
  ) -> Response {
    let body = ResponseBody { writer in
      defer {
        alarm.cancel()
        watch.stop()
        withExtendedLifetime(held) {}
      }
      var reply = reply
      do {
        if let first { try await write(reply.take(first), to: &writer) }
        var isWhole = false
        for await event in events {
          if case .failure(let error) = event {
            try await write([reply.failure(RequestError(error, service))], to: &writer)
          } else {
            try await write(reply.take(event), to: &writer)
          }
          if event.isLast { isWhole = true }
        }
        if isWhole, !reply.ending.isEmpty { try await write([reply.ending], to: &writer) }
        try await writer.finish(nil)
      } catch {
        ticket.cancel()
        throw error
      }
    }
    return Response(
      status: .ok,
      headers: [.contentType: reply.streamType, .cacheControl: "no-cache", .accelBuffering: "no"], body: body)
  }

  private func write(_ pieces: [String], to writer: inout any ResponseBodyWriter) async throws {
    guard !pieces.isEmpty else { return }
    var buffer = ByteBuffer()
    for piece in pieces { buffer.writeString(piece) }
    try await writer.write(buffer)
  }
}

extension Service.Event {
  fileprivate var isLast: Bool {
    switch self {
    case .report, .failure: true
    case .token, .end: false
    }
  }
}

extension Service.Prompt {
  /// Its words, for a log.
  fileprivate var words: String {
    let parts =
      (system.map { [.text($0)] } ?? []) + earlier.flatMap { $0.content + [.text($0.reply)] } + question
    return parts.map { part in
      switch part {
      case .text(let text): text
      case .image: "(picture)"
      }
    }.joined(separator: " | ")
  }
}
