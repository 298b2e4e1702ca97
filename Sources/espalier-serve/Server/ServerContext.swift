import Hummingbird
import Logging
import NIOCore

/// What a request comes with.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// Does something after a while, unless it is cancelled before.
  func schedule(in time: Duration, _ body: @escaping @Sendable () -> Void) -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: TimeAmount(time), body)
  }

  /// Closes the connection after a while, unless it is cancelled before: a client that reads nothing holds what it has of
  /// the server no longer than that.
  func closeConnection(in time: Duration) -> Scheduled<Void> {
    let channel = channel
    return schedule(in: time) { channel.close(mode: .all, promise: nil) }
  }

  /// Sees the client leave.
  func watch() async throws -> ConnectionWatch {
    let channel = channel
    return try await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: ConnectionWatch.self)
    }.get()
  }
}
