import Espalier
import Figures
import FoundationEssentials
import Hummingbird
import Output
import Serving

/// All addresses of the server.
struct Routes: Sendable {
  let served: Served
  let limits: RequestLimits
  let options: EspalierServe
  let keys: [[UInt8]]

  /// A router with all of them.
  func router() -> Router<ServerContext> {
    let router = Router(context: ServerContext.self)
    var table = RouteTable()
    for (method, path) in gets.map({ ("GET", $0.path) }) + posts.map({ ("POST", $0.path) }) {
      table.add(method, path)
    }
    router.add(middleware: RequestLog(served: served, routes: table))
    router.add(middleware: HostCheck(allowedNames: Set(options.address.allowHost.map { $0.lowercased() })))
    router.add(middleware: KeyCheck(keys: keys))
    for (path, respond) in gets {
      router.get(RouterPath(path)) { request, context in try await respond(request, context) }
    }
    for (path, respond) in posts {
      router.post(RouterPath(path)) { request, context in try await respond(request, context) }
    }
    // A name may have a slash in it.
    router.get("/v1/models/**") { request, _ in
      let name = String(request.uri.path.dropFirst("/v1/models/".count)).percentDecoded ?? ""
      guard let entry = try served.ready().model.entry(named: name) else {
        throw RequestError(
          404, "the model '\(name.prefix(64))' is not served here", field: "model", code: "model_not_found")
      }
      return Response(json: entry.line)
    }
    return router
  }

  private typealias Respond = @Sendable (Request, ServerContext) async throws -> Response

  private var gets: [(path: String, respond: Respond)] {
    [
      ("/", { _, _ in Page.response }),
      (
        "/openapi.json",
        { _, _ in Response(json: String(decoding: PackageResources.openapi_json, as: UTF8.self)) }
      ),
      (
        "/health",
        { _, _ in
          _ = try served.ready()
          return Response(json: #"{"status": "ok"}"#)
        }
      ),
      ("/props", { _, _ in Response(json: try props().line) }),
      ("/metrics", { _, _ in try metrics() }),
      ("/v1/models", { _, _ in Response(json: try served.ready().model.list.line) }),
      ("/api/tags", { _, _ in Response(json: try served.ready().model.tags.line) }),
      ("/api/ps", { _, _ in Response(json: try served.ready().model.tags.line) }),
      (
        "/api/version",
        { _, _ in Response(json: JSON.object(["version": .string(ProgramVersion.current)]).line) }
      ),
    ]
  }

  private var posts: [(path: String, respond: Respond)] {
    func answer(_ interface: Interface) -> Respond {
      var defaults = AnswerOptions()
      defaults.maxTokens = options.model.maxTokens
      defaults.temperature = options.model.temperature
      let route = AnswerRoute(
        interface: interface, served: served, limits: limits, defaults: defaults,
        logsPrompts: options.log.logPrompts)
      return { try await route.respond(to: $0, $1) }
    }
    return [
      ("/v1/chat/completions", answer(.chatCompletions)), ("/v1/responses", answer(.responses)),
      ("/api/chat", answer(.ollamaChat)), ("/api/generate", answer(.ollamaGenerate)),
      (
        "/api/show",
        { request, context in
          let ready = try served.ready()
          _ = try await ready.model.name(in: limits.body(of: request, context).bytes)
          return Response(json: ready.model.show.line)
        }
      ),
      (
        "/tokenize",
        { request, context in
          let ready = try served.ready()
          return Response(json: try ready.model.tokenize(await limits.body(of: request, context).bytes).line)
        }
      ),
    ]
  }

  private func metrics() throws -> Response {
    let ready = try served.ready()
    let text = MetricsText(
      ready.service.figures, replies: served.replyCounts, residentBytes: ResidentMemory.bytes,
      version: ProgramVersion.current
    ).text
    var response = Response(json: text)
    response.headers[.contentType] = "text/plain; version=0.0.4"
    return response
  }

  private func props() throws -> JSON {
    let model = try served.ready().model
    let points = model.model.pointFigures.map { point in
      JSON.object([
        "name": .string(point.name),
        "first_token_ms": point.firstTokenSeconds.map { .number(($0 * 1e5).rounded() / 100) } ?? .null,
        "divergence": point.divergence.map { .number($0) } ?? .null,
      ])
    }
    return .object([
      "model": .string(model.name), "version": .string(ProgramVersion.current), "points": .array(points),
      "default_point": .string(model.defaultPoint), "context_length": .integer(model.model.contextLength),
      "parallel": .integer(options.work.parallel),
      "limits": .object([
        "body_bytes": .integer(options.limits.maxBody.bytes),
        "pictures": .integer(options.limits.maxPictures),
        "picture_bytes": .integer(options.limits.maxPicture.bytes),
        "picture_pixels": .integer(Image.maxPixels),
        "prompt_tokens": .integer(model.model.contextLength),
      ]),
      "formats": .array(["jpeg", "png", "webp", "gif", "bmp"].map(JSON.string)),
    ])
  }
}
