import Espalier
import FoundationEssentials
import Logging
import NIOPosix
import ServiceLifecycle
import Serving

/// Opens the plan while the server listens already, and takes no more requests when the server is to end.
struct ModelService: ServiceLifecycle.Service {
  let options: EspalierServe
  let served: Served
  let logger: Logger

  func run() async throws {
    let start = ContinuousClock.now
    // Opening maps and checks: work for a thread that may wait.
    let ready = try await NIOThreadPool.singleton.runIfActive { try open() }
    served.didLoad(ready)
    logger.notice(
      "serving '\(ready.model.name)' from \(options.plan) with \(ready.model.model.points.joined(separator: ", ")), ready after \(start.duration(to: .now))"
    )
    try? await gracefulShutdown()
    served.drain()
  }

  private func open() throws -> Served.Ready {
    let pictures: PictureCache
    if let folder = options.model.pictureCache {
      pictures = try PictureCache(
        folder: folder, folderBytes: options.model.pictureCacheSize?.bytes ?? 1 << 30,
        memoryBytes: options.work.pictureBytes)
    } else {
      pictures = PictureCache(memoryBytes: options.work.pictureBytes)
    }
    let model = try Model(
      contentsOf: options.plan, verifyingWeights: options.model.check, trustedKeys: options.model.trustedKeys,
      pictures: pictures)
    guard model.points.contains(options.model.point) else {
      throw ExecutionError(
        "--point: there is no operating point '\(options.model.point)'; there are \(model.points.joined(separator: ", "))"
      )
    }
    var source = PictureSource()
    source.mediaFolder = options.model.mediaPath
    source.maxBytes = options.limits.maxPicture.bytes
    source.maxCount = options.limits.maxPictures
    let name =
      options.model.name ?? URL(fileURLWithPath: options.plan).deletingPathExtension().lastPathComponent
    let served = ServedModel(
      model, name: name.replacing("@", with: "-"), defaultPoint: options.model.point,
      pictures: source,
      created: Int(Date().timeIntervalSince1970), maxAnswers: options.work.parallel)
    let service = try Espalier.Service(
      model, options.work.service, pool: ThreadPool(threads: options.work.threads))
    return Served.Ready(model: served, service: service)
  }
}
