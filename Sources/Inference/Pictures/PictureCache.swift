import Synchronization

/// Features of pictures that were encoded, by all that they depend on: a known picture never runs the tower again.
///
/// In memory for as long as the cache lives, and in a folder where there is one, so that the next process knows them too.
/// Dialogues on any threads, contexts and models may share a cache. Two that ask about one new picture at once both run the
/// tower.
public final class PictureCache: Sendable {
  /// Most bytes in memory, unless another number is given: 256 MiB.
  public static let defaultLimit = 256 << 20
  /// Most bytes in a folder, unless another number is given: 1 GiB.
  public static let defaultFolderLimit = 1 << 30

  private let kept: Mutex<KeptPictures>
  private let folder: PictureFolder?

  /// An empty cache of at most `limit` bytes of memory.
  public init(limit: Int = defaultLimit) {
    kept = Mutex(KeptPictures(limit: limit))
    folder = nil
  }

  /// A cache of at most `limit` bytes of memory, which also has a folder of files, at most `folderLimit` bytes.
  ///
  /// The folder is created where it is missing, but not the one that it is in. Throws where it cannot be written to.
  public init(
    limit: Int = defaultLimit, folder path: String, folderLimit: Int = defaultFolderLimit
  ) throws(InferenceError) {
    kept = Mutex(KeptPictures(limit: limit))
    folder = try PictureFolder(path, limit: folderLimit)
  }

  /// Bytes of memory that are held.
  public var bytes: Int { kept.withLock { $0.bytes } }

  /// The features of a picture, from memory or from the folder.
  func tokens(for key: PictureKey, within limits: PictureLimits) -> ImageTokens? {
    if let tokens = kept.withLock({ $0.tokens(for: key) }) { return tokens }
    guard let tokens = folder?.tokens(for: key, within: limits) else { return nil }
    kept.withLock { $0.insert(tokens, for: key) }
    return tokens
  }

  /// Takes features into memory.
  func insert(_ tokens: ImageTokens, for key: PictureKey) { kept.withLock { $0.insert(tokens, for: key) } }

  /// Writes features into the folder, if there is one. What cannot be written is not kept, and no error: the answer is
  /// there.
  func save(_ tokens: ImageTokens, for key: PictureKey) { folder?.save(tokens, for: key) }

  /// Bytes of memory that are held besides those of some pictures.
  func bytes(besides keys: [PictureKey]) -> Int { kept.withLock { $0.bytes(besides: keys) } }

  /// Forgets until no more than so many bytes are held besides those of some pictures.
  func shrink(to limit: Int, sparing keys: [PictureKey]) {
    kept.withLock { $0.shrink(to: limit, sparing: keys) }
  }
}
