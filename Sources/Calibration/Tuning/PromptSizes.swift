import Evaluation
import Imaging
import Inference
import Models
import Plan

/// Sizes of some samples' prompts, by how much of their pictures is looked at: what costs grow with.
///
/// Pictures are prepared for this, but never encoded.
struct PromptSizes {
  /// Sizes of one prompt.
  struct Sizes {
    /// Tokens that are not visual.
    var text: Int
    /// Visual tokens that the tower gives.
    var visual: Int
    /// Pixels of all inputs, those included that the tower does not see.
    var pixels: Int
    /// Patches of each input that the tower sees.
    var patches: [Int]
  }

  private let model: ModelDescription
  private let known: [PictureSettings: [Sizes]]

  /// Sizes at each way to prepare pictures.
  init(_ context: Context, _ samples: [Sample], _ preparations: [PictureSettings]) throws {
    model = context.model.description
    var known: [PictureSettings: [Sizes]] = [:]
    for settings in preparations {
      known[settings] = try samples.map { try Sizes($0, at: settings, context) }
    }
    self.known = known
  }

  /// One size of the prompt for all settings.
  init(_ model: ModelDescription, dense: Sizes) {
    self.model = model
    known = [.dense: [dense]]
  }

  /// What a prompt has on average at some settings.
  struct Means {
    var text: Int
    var visual: Int
    var pixels: Double
    /// Inputs that the tower sees.
    var inputs: Double
    /// Operations of the tower.
    var work: TowerWork
  }

  /// Means over the samples.
  func means(at settings: PictureSettings) -> Means {
    let list = known[settings.preparation] ?? known[.dense] ?? []
    let share = 1 / Double(max(1, list.count))
    func mean(_ value: (Sizes) -> Int) -> Double { share * list.reduce(0.0) { $0 + Double(value($1)) } }
    var visual = mean(\.visual)
    if let pruning = settings.towerPruning, !pruning.putsBack { visual *= pruning.keepRatio }
    let work = list.flatMap(\.patches).reduce(TowerWork.none) {
      $0 + model.towerWork(patches: Double($1), at: settings)
    }
    return Means(
      text: Int(mean(\.text).rounded()), visual: Int(visual.rounded()), pixels: mean(\.pixels),
      inputs: mean(\.patches.count), work: share * work)
  }
}

extension PromptSizes.Sizes {
  fileprivate init(_ sample: Sample, at settings: PictureSettings, _ context: Context) throws {
    let model = context.model
    let pictures = try sample.images.map {
      try model.prepareImage(at: $0, among: sample.images.count, at: settings)
    }
    let arrangements = try pictures.map { try model.arrangement(of: $0, at: settings) }
    let layout = try model.layout(prompt: sample.prompt, images: pictures.count)
    visual = arrangements.reduce(0) { $0 + $1.visualCount }
    text = model.count(layout, arrangements) - visual
    let inputs = pictures.flatMap { [$0.overview].compactMap { $0 } + $0.tiles }
    pixels = inputs.reduce(0) { $0 + $1.width * $1.height }
    patches = pictures.flatMap { $0.towerPatches(model.description) }
  }
}

extension PictureSettings {
  /// What of these decides the inputs of the tower, the tower itself left whole.
  var preparation: PictureSettings {
    PictureSettings(
      resolution: resolution, tileSelection: tileSelection, patchSelection: patchSelection,
      contrastSelection: contrastSelection)
  }
}
