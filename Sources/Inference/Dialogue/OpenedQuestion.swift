import Compute
import Imaging
package import Plan
import Tokenization

/// A block of one of a question's pictures.
package struct PictureView {
  /// Number of the picture.
  package let picture: Int
  /// The block.
  package let block: BlockView
}

/// A question whose pictures are at hand as their files have them: its sizes are known, and nothing was decoded yet.
///
/// The steps to a reader of its prompt are apart, so that what can be refused is refused before the work, and so that only
/// the tower needs the threads.
package struct OpenedQuestion {
  /// The prompt.
  package let layout: PromptLayout
  /// Digests of the pictures.
  package let digests: [String]
  /// Seconds of reading, decoding and preparing pictures, and of the tower.
  package private(set) var seconds: (image: Double, vision: Double) = (0, 0)
  /// Pictures that the tower does not have to run for; all of them until `prepare`.
  package private(set) var knownPictures: Int
  private let model: Model
  private let request: MemoryRequest
  private var pictures: PictureGathering

  /// Reads the files of the pictures, and looks at their sizes.
  package init(
    _ question: Question, at settings: PictureSettings, policy: DialoguePolicy, in context: Context,
    cache: PictureCache?
  ) throws {
    if let problem = question.options.sampling.problem { throw InferenceError("sampling", problem) }
    model = context.model
    layout = try model.layout(question.conversation, images: question.images.count)
    var clock = StageClock()
    let encoded = try clock.measure {
      try question.images.map { try $0.encoded(limits: question.decodeLimits) }
    }
    digests = encoded.map(\.digest)
    knownPictures = encoded.count
    pictures = PictureGathering(encoded, in: context, at: settings, cache: cache)
    request = try model.memoryRequest(
      pictures: encoded.map { (try $0.size(), $0.bytes.count) },
      textTokens: layout.parts.count - layout.imageCount, maxTokens: question.options.maxTokens,
      threads: context.pool.count, keepsWhole: policy == .keep, at: settings)
    seconds.image = clock.seconds
  }

  /// The most memory that the question may need; what is known of pictures that are not its own counts.
  package func memoryBound(_ settings: PruningSettings, knowing cache: PictureCache?) -> MemoryBound {
    var bound = model.memoryBound(of: request, settings: settings)
    bound.knownPictures = cache?.bytes(besides: pictures.keys) ?? 0
    return bound
  }

  /// Makes a cache of pictures forget until no more than so many bytes are held besides those of this question.
  package func shrink(_ cache: PictureCache?, to limit: Int) {
    cache?.shrink(to: limit, sparing: pictures.keys)
  }

  /// Decodes and resizes the pictures whose features are not known. Throws where the context has no room for the prompt:
  /// none is encoded then.
  package mutating func prepare() throws {
    var clock = StageClock()
    defer { seconds.image += clock.seconds }
    try clock.measure { try pictures.prepare(for: request) }
    knownPictures = pictures.knownCount
    _ = try model.room(behind: model.count(layout, try pictures.arrangements()), limit: 1)
  }

  /// Runs the tower on what was prepared.
  package mutating func encode() throws {
    guard knownPictures < digests.count else { return }
    var clock = StageClock()
    defer { seconds.vision += clock.seconds }
    try clock.measure { try pictures.encode() }
  }

  /// The pictures as the tower sees them, block after block, whether they are known or not.
  package func views() throws -> [PictureView] { try pictures.views() }

  /// Features of all pictures, once they are encoded.
  package var features: [ImageTokens] { pictures.features }

  /// What the tower made of pictures that were not known; it is kept in the folder of a cache behind the answer.
  var new: [(key: PictureKey, tokens: ImageTokens)] { pictures.new }

  /// Writes what the tower made of new pictures into the folder of a cache: after the answer, as nobody waits for a disk.
  package func save(to cache: PictureCache?) {
    for picture in new { cache?.save(picture.tokens, for: picture.key) }
  }
}
