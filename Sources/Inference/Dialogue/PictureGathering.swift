import Imaging
import Plan

/// Gathers the features of a question's pictures: known ones from a cache, those of the others from the tower.
struct PictureGathering {
  private let context: Context
  private let settings: PictureSettings
  private let cache: PictureCache?
  private let pictures: [EncodedImage]
  /// Keys of the pictures; none without a cache, and of a model that is of no plan.
  let keys: [PictureKey]
  private var found: [Int: ImageTokens] = [:]
  private var prepared: [Int: PreparedImage] = [:]
  /// Features that the tower made, and that the cache's folder does not have yet.
  private(set) var new: [(key: PictureKey, tokens: ImageTokens)] = []

  init(
    _ pictures: [EncodedImage], in context: Context, at settings: PictureSettings, cache: PictureCache?
  ) {
    (self.context, self.settings, self.pictures) = (context, settings, pictures)
    let plan = context.model.planDigest
    self.cache = plan == nil ? nil : cache
    keys =
      self.cache == nil
      ? [] : pictures.map { PictureKey($0, among: pictures.count, at: settings, plan: plan ?? "") }
  }

  /// Pictures whose features are known.
  var knownCount: Int { pictures.count - prepared.count }

  /// Looks for features, and prepares the pictures that there are none of.
  mutating func prepare(for request: MemoryRequest) throws {
    let text = context.model.text
    for index in pictures.indices where first(index) == index {
      if let cache {
        let limits = PictureLimits(
          width: context.model.description.visualTokenWidth, vocabulary: text.vocabulary,
          visual: request.pictures[index].visualTokens, tokens: request.promptTokens)
        found[index] = cache.tokens(for: keys[index], within: limits)
      }
      if found[index] != nil { continue }
      prepared[index] = try context.model.prepare(pictures[index], among: pictures.count, at: settings)
    }
  }

  /// What each picture becomes in the prompt, as far as that is known before the tower runs.
  func arrangements() throws -> [ImageArrangement] {
    try pictures.indices.map { index in
      let index = first(index)
      if let tokens = found[index] { return tokens.arrangement }
      guard let picture = prepared[index] else { preconditionFailure("pictures are prepared first") }
      return try context.model.arrangement(of: picture, at: settings)
    }
  }

  /// Runs the tower on what was prepared. What it gives is known from now on, unless the plan's file was written to.
  mutating func encode() throws {
    for (index, picture) in prepared.sorted(by: { $0.key < $1.key }) {
      let tokens = try context.encode(picture, at: settings)
      found[index] = tokens
      guard let cache else { continue }
      try context.model.checkUnchanged()
      cache.insert(tokens, for: keys[index])
      new.append((keys[index], tokens))
    }
  }

  /// The features of all pictures.
  var features: [ImageTokens] { pictures.indices.compactMap { found[first($0)] } }

  /// What the tower sees of all pictures.
  func views() throws -> [PictureView] {
    try pictures.indices.flatMap { index in
      let prepared =
        try prepared[index] ?? context.model.prepare(pictures[index], among: pictures.count, at: settings)
      return try context.model.views(of: prepared).map { PictureView(picture: index, block: $0) }
    }
  }

  /// The first place of the picture that has this place, too.
  private func first(_ index: Int) -> Int {
    keys.isEmpty ? index : keys.firstIndex(of: keys[index]) ?? index
  }
}
