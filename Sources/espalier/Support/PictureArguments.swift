public import ArgumentParser
public import Plan

/// Settings of pictures given by hand: how much of one is looked at, and how much of the tower runs.
struct PictureArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Custom point: largest resolution, in the terms of the model's processor, such as 448, tiles:4, pixels:200000 or overview.",
      valueName: "limit"))
  var resolution: String?

  @Option(
    help: ArgumentHelp("Custom point: most pixels that the tower sees of a picture.", valueName: "count"))
  var maxPixels: Int?

  @Option(help: ArgumentHelp("Custom point: tiles with a lower score are left out.", valueName: "score"))
  var tileThreshold: Double?

  @Flag(help: "Custom point: the text around tiles that are left out leaves, too.")
  var dropTileMarkup = false

  @Option(
    help: ArgumentHelp(
      "Custom point: patches that differ no more from their neighbours are left out; 0 for exact repeats.",
      valueName: "levels"))
  var patchTolerance: Int?

  @Option(
    help: ArgumentHelp(
      "Custom point: patches with less contrast, relative to the picture's own, are left out.",
      valueName: "contrast"))
  var contrastThreshold: Double?

  @Option(
    help: ArgumentHelp(
      "Custom point: groups of patches around one of that contrast that stay, too.", valueName: "groups"))
  var contrastMargin = 1

  @Option(
    help: ArgumentHelp(
      "Custom point: of the other groups, one of so many rows and columns stays and stands for all; 0 for none.",
      valueName: "groups"))
  var contrastSpacing = 4

  @Option(help: ArgumentHelp("Custom point: share of the tower's tokens that stay.", valueName: "share"))
  var towerKeep: Double?

  @Option(help: "Custom point: how the tower's tokens are chosen.")
  var towerRule: TowerRule = .diverse

  @Option(
    help: "Custom point: layers of the tower that run before the choice. (default: half of them)")
  var towerLayer: Int?

  @Flag(help: "Custom point: tokens that leave the tower are dropped, not merged into others.")
  var towerDrop = false

  @Flag(help: "Custom point: tokens that leave the tower leave the prompt, too.")
  var towerLeaveOut = false

  @Option(
    help: ArgumentHelp(
      "Custom point: layers of the tower whose FFN uses its leading neurons.", valueName: "layers"))
  var towerLayers: LayerList?

  @Option(help: ArgumentHelp("Custom point: share of the neurons that stay in those.", valueName: "share"))
  var towerNeurons: Double = 0.5

  @Option(help: ArgumentHelp("Custom point: last layers of the tower that do not run.", valueName: "layers"))
  var towerSkip: Int?

  func validate() throws {
    if let maxPixels, !(1...1 << 28).contains(maxPixels) {
      throw ValidationError("--max-pixels must be within 1 ... \(1 << 28).")
    }
    guard resolution == nil || maxPixels == nil else {
      throw ValidationError("--resolution and --max-pixels exclude each other.")
    }
    if let tileThreshold, !(0...1e6).contains(tileThreshold) {
      throw ValidationError("--tile-threshold must be within 0 ... 1000000.")
    }
    if let contrastThreshold, !(0...1e6).contains(contrastThreshold) {
      throw ValidationError("--contrast-threshold must be within 0 ... 1000000.")
    }
    try OptionRange.check("contrast-margin", contrastMargin, 0...1024)
    try OptionRange.check("contrast-spacing", contrastSpacing, 0...1024)
    for (name, share) in [("tower-keep", towerKeep), ("tower-neurons", towerNeurons)] {
      if let share, !(share > 0 && share <= 1) {
        throw ValidationError("--\(name) must be above 0, at most 1.")
      }
    }
    try OptionRange.check("patch-tolerance", patchTolerance, 0...255)
    try OptionRange.check("tower-layer", towerLayer, OptionRange.layers)
    try OptionRange.check("tower-skip", towerSkip, OptionRange.layers)
  }

  /// The settings for a model.
  func settings(_ contents: PlanContents) throws -> PictureSettings {
    let tiling = contents.image.tiling
    var settings = PictureSettings()
    if let resolution {
      guard let named = tiling.resolution(named: resolution) else {
        throw ValidationError(
          "--resolution: '\(resolution)' is no resolution that this model's processor knows.")
      }
      settings.resolution = named
    }
    if let maxPixels {
      guard let limited = tiling.resolution(maximumPixels: maxPixels) else {
        throw ValidationError("--max-pixels: the resolution of this model is fixed.")
      }
      settings.resolution = limited
    }
    settings.tileSelection = tileThreshold.map { TileSelection(threshold: $0, keepsMarkup: !dropTileMarkup) }
    settings.patchSelection = patchTolerance.map { PatchSelection(tolerance: $0) }
    settings.contrastSelection = contrastThreshold.map {
      ContrastSelection(threshold: $0, margin: contrastMargin, spacing: contrastSpacing)
    }
    settings.towerPruning = towerKeep.map {
      TowerPruning(
        rule: towerRule, keepRatio: $0, layer: towerLayer ?? contents.model.vision.layers / 2,
        merges: !towerDrop, putsBack: !towerLeaveOut)
    }
    settings.towerReduction = towerLayers.map { TowerReduction(layers: $0.layers, neuronShare: towerNeurons) }
    settings.towerDepth = towerSkip.map { TowerDepth(skippedLayers: $0) }
    return settings
  }
}

extension TowerRule: ExpressibleByArgument {}
