internal import Inference

/// What the vision tower made of pictures, kept so that no question about a known picture waits for the tower again.
///
/// A picture is known by its bytes, to a plan, at the settings of a point. Models, contexts and dialogues on any threads may
/// share a cache.
public final class PictureCache: Sendable {
  let cache: Inference.PictureCache

  /// A cache in memory, of 256 MiB unless `memoryBytes` says otherwise. What was not used for the longest time goes first.
  public init(memoryBytes: Int = 256 << 20) { cache = Inference.PictureCache(limit: memoryBytes) }

  /// A cache in memory and in a folder, where later processes find it; of 1 GiB on disk unless `folderBytes` says
  /// otherwise.
  ///
  /// The folder is created where it is missing; one that cannot be written to is an error of kind `settings`. Later, a file
  /// that cannot be written, or that is damaged, is no error: the tower runs. Processes may share the folder. Whoever can
  /// write to it decides what models see.
  public init(
    folder path: String, folderBytes: Int = 1 << 30, memoryBytes: Int = 256 << 20
  ) throws(EspalierError) {
    do {
      cache = try Inference.PictureCache(limit: memoryBytes, folder: path, folderLimit: folderBytes)
    } catch {
      throw EspalierError(kind: .settings, description: "\(error)")
    }
  }

  /// Bytes of memory that are held.
  public var memoryBytes: Int { cache.bytes }
}
