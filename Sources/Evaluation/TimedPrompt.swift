public import Inference
public import Plan

/// What of a picture enters a prompt.
public struct PictureView: Hashable, Sendable {
  /// What becomes of the picture before it is prepared.
  public var input: PictureInput
  /// How much of it is looked at, and how much of the tower runs.
  public var settings: PictureSettings

  /// The picture as it is, at some settings.
  public init(input: PictureInput = .whole, settings: PictureSettings) {
    self.input = input
    self.settings = settings
  }

  /// The whole picture through the whole tower.
  public static let dense = PictureView(settings: .dense)
}

/// The visual tokens of a picture, with what they took.
struct EncodedPicture {
  let tokens: ImageTokens
  /// Seconds to read and prepare it.
  let imageSeconds: Double
  /// Seconds of the tower and the projector.
  let visionSeconds: Double
  /// Operations of the tower.
  let towerWork: TowerWork
}

/// An embedded prompt, with what its pictures took.
public struct TimedPrompt {
  /// The prompt.
  public let rows: PromptRows
  let pictures: [EncodedPicture]

  /// Seconds to read and prepare the pictures.
  public var imageSeconds: Double { pictures.reduce(0) { $0 + $1.imageSeconds } }
  /// Seconds of the tower and the projector.
  public var visionSeconds: Double { pictures.reduce(0) { $0 + $1.visionSeconds } }
  /// Operations of the tower.
  public var towerWork: TowerWork { pictures.reduce(.none) { $0 + $1.towerWork } }

  /// For each visual token the number that it has where no token is missing.
  public var wholeNumbers: [Int] {
    var first = 0
    return pictures.flatMap { picture in
      defer { first += picture.tokens.arrangement.wholeCount }
      return picture.tokens.arrangement.wholeNumbers.map { first + $0 }
    }
  }

  /// Visual tokens where none is missing.
  public var wholeCount: Int { pictures.reduce(0) { $0 + $1.tokens.arrangement.wholeCount } }
}
