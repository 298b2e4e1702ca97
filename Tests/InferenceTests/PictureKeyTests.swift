import Imaging
@testable import Inference
import Plan
import Testing

/// All that the features of a picture depend on is in its key.
struct PictureKeyTests {
  private let picture = EncodedImage([1, 2, 3], named: "a")

  private func key(
    _ picture: EncodedImage? = nil, among count: Int = 1, _ settings: PictureSettings = .dense,
    plan: String = "p"
  ) -> PictureKey {
    PictureKey(picture ?? self.picture, among: count, at: settings, plan: plan)
  }

  private let settings: [PictureSettings] = [
    .dense,
    PictureSettings(resolution: Resolution(.tiles, 4)),
    PictureSettings(resolution: Resolution(.tiles, 5)),
    PictureSettings(resolution: Resolution(.pixels, 4)),
    PictureSettings(tileSelection: TileSelection(threshold: 1.5)),
    PictureSettings(tileSelection: TileSelection(threshold: 1.5.nextUp)),
    PictureSettings(tileSelection: TileSelection(threshold: 1.5, keepsMarkup: false)),
    PictureSettings(patchSelection: PatchSelection(tolerance: 4)),
    PictureSettings(contrastSelection: ContrastSelection(threshold: 1.5)),
    PictureSettings(contrastSelection: ContrastSelection(threshold: 1.5, margin: 2)),
    PictureSettings(contrastSelection: ContrastSelection(threshold: 1.5, spacing: 2)),
    PictureSettings(towerPruning: TowerPruning(rule: .random, keepRatio: 0.5, layer: 1)),
    PictureSettings(towerPruning: TowerPruning(rule: .random, keepRatio: 0.5, layer: 1, seed: 1)),
    PictureSettings(towerReduction: TowerReduction(layers: [1], neuronShare: 0.5)),
    PictureSettings(towerReduction: TowerReduction(layers: [0, 1], neuronShare: 0.5)),
    PictureSettings(towerDepth: TowerDepth(skippedLayers: 1)),
  ]

  @Test func `equal questions have one key, whatever the picture is called`() {
    #expect(key() == key(EncodedImage([1, 2, 3], named: "b")))
    for settings in settings { #expect(key(settings) == key(settings)) }
  }

  @Test func `bytes, number of pictures, plan and every setting make another`() {
    let keys =
      settings.map { key($0) } + [key(EncodedImage([1, 2], named: "a")), key(among: 2), key(plan: "q")]
    #expect(Set(keys).count == keys.count)
  }

  private func key(_ settings: PictureSettings) -> PictureKey { key(nil, settings) }
}
