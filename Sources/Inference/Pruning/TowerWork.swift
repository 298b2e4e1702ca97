public import Imaging
import Models
public import Plan

/// Floating-point operations of a vision tower; a multiply-add is two.
public struct TowerWork: Equatable, Sendable {
  /// Products of the patch embedding, the projections, the FFNs and the projector.
  public var linear: Double
  /// Attention.
  public var attention: Double

  /// Nothing to do.
  public static let none = TowerWork(linear: 0, attention: 0)

  /// Both.
  public var total: Double { linear + attention }

  /// The work of two pictures.
  public static func + (left: TowerWork, right: TowerWork) -> TowerWork {
    TowerWork(linear: left.linear + right.linear, attention: left.attention + right.attention)
  }

  /// A share of some work.
  public static func * (share: Double, work: TowerWork) -> TowerWork {
    TowerWork(linear: share * work.linear, attention: share * work.attention)
  }
}

extension ModelDescription {
  /// Work on one input of the tower of which so many patches enter it.
  public func towerWork(patches: Double, at settings: PictureSettings) -> TowerWork {
    let vision = vision
    let width = Double(vision.width)
    var work = TowerWork(linear: 2 * patches * width * Double(vision.patchElements), attention: 0)
    let layers = max(0, vision.layers - (settings.towerDepth?.skippedLayers ?? 0))
    var rows = patches + (vision.classToken ? 1 : 0)
    let gates = vision.gatedFeedForward ? 3.0 : 2
    let area = Double(vision.merger.merge * vision.merger.merge)
    for layer in 0..<layers {
      if let pruning = settings.towerPruning, pruning.layer == layer { rows *= pruning.keepRatio }
      let isReduced = settings.towerReduction?.layers.contains(layer) ?? false
      let share = isReduced ? settings.towerReduction?.neuronShare ?? 1 : 1
      let neurons = share * Double(vision.feedForwardWidth)
      work.linear += 2 * rows * (4 * width * width + gates * width * neurons)
      let isWindowed = vision.window > 0 && !vision.fullAttentionLayers.contains(layer)
      let seen = isWindowed ? min(rows, Double(vision.window * vision.window)) : rows
      work.attention += 4 * rows * seen * width
      if layer + 1 == vision.merger.layer {
        let products = Double(vision.mergedWidth + vision.width) * Double(vision.merger.feedForwardWidth)
        work.linear += 2 * rows * (4 * width * width + products / area)
        work.attention += 4 * rows * area * width
        rows /= area
      }
    }
    let keepsAll = settings.towerPruning?.putsBack ?? true
    let tokens = (keepsAll ? patches / area : rows) / Double(projector.merge * projector.merge)
    let hidden = Double(projector.hiddenWidth > 0 ? projector.hiddenWidth : text.width)
    let second = projector.hiddenWidth > 0 ? hidden * Double(text.width) : 0
    work.linear += 2 * tokens * (Double(projector.inputWidth(vision)) * hidden + second)
    let deepInput = Double(projector.deepWidth(vision))
    work.linear += Double(vision.deepLayers.count) * 2 * tokens * (deepInput * hidden + second)
    if projector.qformer.isThere {
      work = work + Double(1 + vision.deepLayers.count) * projector.qformer.work(tokens: tokens, width: width)
    }
    return work
  }
}

extension QFormerModel {
  /// Work on so many tokens, four times as many patches, all of them `width` wide.
  fileprivate func work(tokens: Double, width: Double) -> TowerWork {
    let area = Double(Self.merge * Self.merge)
    // Projections of tokens to queries, keys, values, outputs and queries and outputs again; of patches to keys and values.
    let projections = (6 + 2 * area) * width * width + 2 * width * Double(feedForwardWidth)
    let seen = Double(self.tokens + patches)
    return Double(layers) * TowerWork(linear: 2 * tokens * projections, attention: 4 * tokens * seen * width)
  }
}

extension PreparedImage {
  /// Patches of each input that the tower sees.
  public func towerPatches(_ model: ModelDescription) -> [Int] {
    let side = model.vision.patchSize
    let merge = model.patchesPerToken
    func patches(_ input: RGBImage, _ counts: [Int]?) -> Int {
      counts.map { $0.count { $0 > 0 } * merge * merge } ?? input.patches(side)
    }
    let ofTiles = tiles.indices.map { patches(tiles[$0], tileCounts?[$0]) }
    return (ofTiles + (overview.map { [patches($0, overviewCounts)] } ?? [])).filter { $0 > 0 }
  }
}

extension RGBImage {
  fileprivate func patches(_ side: Int) -> Int { width / side * (height / side) }
}

extension Model {
  /// Work of the tower on a picture that was prepared at some settings.
  public func towerWork(_ picture: PreparedImage, at settings: PictureSettings) -> TowerWork {
    picture.towerPatches(description).reduce(.none) {
      $0 + description.towerWork(patches: Double($1), at: settings)
    }
  }
}
