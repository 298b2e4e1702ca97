import Figures
import Plan

extension Resolution: MethodWords {
  private var words: String {
    switch measure {
    case .longestEdge: "longest edge \(limit)"
    case .tiles where limit == 0: "overview alone"
    case .tiles: "\(limit) tiles at most"
    case .pixels: "\(limit) pixels at most"
    }
  }

  var summary: [String] { [words] }

  var explanation: [String] { ["looks at pictures with fewer pixels (\(words))"] }
}

extension TileSelection: MethodWords {
  var summary: [String] {
    [
      "tiles from score \(threshold, decimals: 2)"
        + (keepsMarkup ? "" : ", without the text around the others")
    ]
  }

  var explanation: [String] { ["leaves out tiles of a picture in which nothing stands out from its noise"] }

  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])? {
    ("tiles that the tower sees", fate.isEntered.map { $0 ? 1 : 0 })
  }
}

extension PatchSelection: MethodWords {
  var summary: [String] {
    [tolerance == 0 ? "no exact repeats of patches" : "no patches within \(tolerance) of a neighbour"]
  }

  var explanation: [String] { ["leaves out patches that repeat their neighbours"] }

  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])? {
    ("patches that enter the tower", fate.isEntered.map { $0 ? 1 : 0 })
  }
}

extension ContrastSelection: MethodWords {
  var summary: [String] {
    ["contrast \(threshold, decimals: 2), margin \(margin), spacing \(spacing)"]
  }

  var explanation: [String] {
    [
      "leaves out patches that do not stand out from the picture's own noise"
        + (spacing > 0 ? ", but for a few that stand for the others" : "")
    ]
  }

  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])? {
    ("patches that enter the tower", fate.isEntered.map { $0 ? 1 : 0 })
  }
}

extension TowerPruning: MethodWords {
  var summary: [String] {
    let rest = merges ? "merged" : "dropped"
    let end = putsBack ? ", put back" : ", left out"
    return [
      "tower keeps \(Figure(keepRatio, .share)) behind \(layer) layers (\(rule.rawValue), \(rest)\(end))"
    ]
  }

  var explanation: [String] {
    [
      "goes on with \(Figure(keepRatio, .share)) of the patches behind \(layer) layers of the vision tower"
        + (putsBack ? "" : ", and shows the decoder no others")
    ]
  }

  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])? {
    putsBack ? nil : ("patches that outlive the tower", fate.isEntered.map { $0 ? 1 : 0 })
  }
}

extension TowerReduction: MethodWords {
  var summary: [String] {
    ["\(Figure(neuronShare, .share)) of the tower's neurons in \(layers.count) layers"]
  }

  var explanation: [String] {
    ["uses \(Figure(neuronShare, .share)) of the neurons in \(layers.count) layers of the vision tower"]
  }
}

extension TowerDepth: MethodWords {
  var summary: [String] { ["tower without its last \(skippedLayers) layers"] }

  var explanation: [String] { ["leaves the last \(skippedLayers) layers of the vision tower out"] }
}
