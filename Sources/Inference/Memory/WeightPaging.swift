import Models
import Plan
import PlanFile
import Synchronization

/// Keeps the weights of one part of a model in memory, and those of the next on their way: for a plan that is larger than
/// the memory there is.
///
/// Weights are pages of the plan's file. Those of the part that has run are given back, so that the system has room for
/// the next ones without looking for pages that nobody needs; it would look for them one by one, and keep the wrong ones,
/// as they are all read in turn. Every part that runs again is read from the disk again, unless the system has kept it.
final class WeightPaging: WeightResidency {
  /// The parts in the order in which they run, with their tensors.
  private let parts: [(part: ModelPart, tensors: [StoredTensor])]
  private let places: [ModelPart: Int]
  /// Place of the part that runs.
  private let current = Mutex<Int?>(nil)

  init(_ store: WeightStore, _ model: ModelDescription) {
    let tower = (0..<model.vision.layers).map { layer in
      let own = store.tensors(below: VisionModel.layerWeight(layer, ""))
      // The merger runs with the layer before it.
      let merger = layer + 1 == model.vision.merger.layer
      return (
        part: ModelPart.towerLayer(layer),
        tensors: own + (merger ? store.tensors(below: VisionModel.mergerWeight("")) : [])
      )
    }
    let decoder = (0..<model.text.layers).map { layer in
      (part: ModelPart.decoderLayer(layer), tensors: store.tensors(below: TextModel.layerWeight(layer, "")))
    }
    let head = store.tensors(below: model.text.tiedHead ? "text/embedding" : "text/head")
    parts =
      tower + [(part: .projector, tensors: store.tensors(below: "projector/"))] + decoder
      + [(part: .head, tensors: head)]
    places = Dictionary(uniqueKeysWithValues: parts.enumerated().map { ($0.element.part, $0.offset) })
  }

  /// The most bytes of weights that are in memory at once: those of a part and the next, and what belongs to no part.
  func residentBytes(of store: WeightStore) -> Int {
    let bytes = parts.map { $0.tensors.reduce(0) { $0 + $1.bytes.count } }
    let pairs = zip(bytes, bytes.dropFirst()).map { $0 + $1 }
    return store.byteCount - bytes.reduce(0, +) + (pairs.max() ?? bytes.max() ?? 0)
  }

  func willRun(_ part: ModelPart) {
    guard let place = places[part] else { return }
    let before = current.withLock { current in
      defer { current = place }
      return current
    }
    guard before != place else { return }
    if let before { for tensor in parts[before].tensors { tensor.release() } }
    // Behind the head comes the first layer of the decoder again, for the next token.
    let next = part == .head ? places[.decoderLayer(0)] : place + 1
    if let next, next < parts.count { for tensor in parts[next].tensors { tensor.prefetch() } }
  }
}
