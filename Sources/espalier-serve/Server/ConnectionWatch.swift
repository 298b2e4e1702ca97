import NIOCore
import NIOHTTPTypes
import Synchronization

/// Sees a client leave while its request is answered.
final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private struct State {
    var isGone = false
    var whenGone: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// Calls `body` once the client leaves, unless `stop` comes before.
  func start(_ body: @escaping @Sendable () -> Void) {
    let isGone = state.withLock { state in
      if !state.isGone { state.whenGone = body }
      return state.isGone
    }
    if isGone { body() }
  }

  /// The request was answered.
  func stop() { state.withLock { $0.whenGone = nil } }

  private func clientLeft() {
    let body = state.withLock { state in
      state.isGone = true
      return state.whenGone.take()
    }
    body?()
  }

  func channelInactive(context: ChannelHandlerContext) {
    clientLeft()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // Nobody who sends no more reads on.
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { clientLeft() }
    context.fireUserInboundEventTriggered(event)
  }
}
