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

  /// Sees the client leave.
  func watch() async throws -> ConnectionWatch {
    let channel = channel
    return try await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: ConnectionWatch.self)
    }.get()
  }
}
