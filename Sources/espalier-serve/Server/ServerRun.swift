import Espalier
import FoundationEssentials
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Output
import ServiceLifecycle
import Serving
import UnixSignals

/// A server from its start to its end.
struct ServerRun {
  private let options: EspalierServe
  private let served = Served()

  init(_ options: EspalierServe) { self.options = options }

  func run() async throws {
    LoggingSystem.bootstrap(StreamLogHandler.standardError)
    var logger = Logger(label: "espalier-serve")
    logger.logLevel = options.log.logLevel
    let keys = try KeyCheck.keys(
      file: options.address.apiKeyFile,
      environment: ProcessInfo.processInfo.environment[EnvironmentOptions.key])
    if let folder = options.model.mediaPath {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
        throw ExecutionError("--media-path: \(folder) is no folder")
      }
    }
    let limits = RequestLimits(
      maxBody: options.limits.maxBody.bytes, bodyTimeout: options.limits.bodyTimeout.duration,
      budget: BodyBudget(limit: max(options.limits.maxBody.bytes, options.limits.maxBodies.bytes)),
      requestTimeout: options.limits.requestTimeout.duration)
    let routes = Routes(served: served, limits: limits, options: options, keys: keys)
    try removeOldSocket()
    let running = logger
    let application = Application(
      router: routes.router(), server: server,
      configuration: ApplicationConfiguration(
        address: bindAddress, serverName: "espalier/\(ProgramVersion.current)",
        availableConnectionsDelegate: MaximumAvailableConnections(options.limits.maxConnections)),
      onServerRunning: { channel in
        running.notice("listening on \(place(channel))")
      }, logger: logger)
    endAtSecondSignal(logger)
    var configuration = ServiceGroupConfiguration(
      services: [
        .init(service: application),
        // Ends first: no new requests, while those at hand are answered.
        .init(service: ModelService(options: options, served: served, logger: logger)),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = options.limits.drainTimeout.duration
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let error as EspalierError {
      throw ExecutionError(error.description)
    } catch let error as IOError {
      throw ExecutionError(
        "\(bindText): cannot be listened on: \(String(cString: strerror(error.errnoCode)))")
    }
    if let socket = options.address.unixSocket { unlink(socket) }
  }

  private var bindAddress: BindAddress {
    if let path = options.address.unixSocket { return .unixDomainSocket(path: path) }
    return .hostname(options.address.host, port: options.address.port)
  }

  private var bindText: String {
    options.address.unixSocket ?? "\(options.address.host):\(options.address.port)"
  }

  private func place(_ channel: any Channel) -> String {
    if let path = options.address.unixSocket { return path }
    let host = options.address.host.contains(":") ? "[\(options.address.host)]" : options.address.host
    return "http://\(host):\(channel.localAddress?.port ?? options.address.port)"
  }

  private var server: HTTPServerBuilder {
    .http1(
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [ConnectionWatch()],
        idleTimeout: .nanoseconds(Int64(options.limits.idleTimeout.seconds * 1e9)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
  }

  /// Removes the socket of a server that was killed. One that somebody listens on stays, and is an error later.
  private func removeOldSocket() throws {
    guard let path = options.address.unixSocket else { return }
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw ExecutionError("\(path): is there already, and is no socket")
    }
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(probe) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let isAlive = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(probe, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard !isAlive else { throw ExecutionError("\(path): another server listens there") }
    unlink(path)
  }

  /// The first signal lets what is at hand be answered; whoever sends a second one does not want to wait.
  private func endAtSecondSignal(_ logger: Logger) {
    Task {
      var count = 0
      for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
        count += 1
        if count == 1 { logger.notice("ending: what is at hand is answered first") }
        if count > 1 { exit(1) }
      }
    }
  }
}
