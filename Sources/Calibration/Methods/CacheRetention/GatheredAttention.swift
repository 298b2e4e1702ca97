import Evaluation
import Plan

/// What a dense run of one sample shows of its attention.
struct ShownAttention: Codable {
  /// Share of the last prompt row's attention that falls on visual tokens, by layer.
  var means: [Double]
  /// The same by layer and KV head.
  var byHead: [[Double]]
  /// Attention of the answer rows on each visual token, `[L x Hkv x N]`, summed over the rows.
  var answer: PackedFloats
  /// Those rows.
  var answerRows: Int
}

/// Attention over all samples.
struct GatheredAttention: Codable {
  private let layers: Int
  private let heads: Int
  private var means: [[Double]]
  private var byHead: [[[Double]]]
  private var answer: [Float] = []
  private var answerRows = 0
  /// Prompts with different numbers of visual tokens have no common places.
  private var tokensDiffer = false

  init(layers: Int, heads: Int) {
    self.layers = layers
    self.heads = heads
    means = Array(repeating: [], count: layers)
    byHead = Array(repeating: Array(repeating: [], count: heads), count: layers)
  }

  mutating func add(_ shown: ShownAttention) {
    for (layer, mean) in shown.means.enumerated() { means[layer].append(mean) }
    for (layer, masses) in shown.byHead.enumerated() {
      for (head, mass) in masses.enumerated() { byHead[layer][head].append(mass) }
    }
    let values = shown.answer.values
    guard !values.isEmpty else { return }
    if answer.isEmpty { answer = Array(repeating: 0, count: values.count) }
    guard values.count == answer.count else {
      tokensDiffer = true
      return
    }
    for index in answer.indices { answer[index] += values[index] }
    answerRows += shown.answerRows
  }

  func profile(_ text: TextModel) -> RetentionProfile {
    var profile = RetentionProfile()
    profile.visionAttentionMean = means.map { Statistics.mean($0) }
    profile.visionAttentionDeviation = means.map { Statistics.deviation($0) }
    profile.visionAttentionByHead = byHead.flatMap { $0.map { Statistics.mean($0) } }
    let group = Float(text.queryHeads / text.keyValueHeads)
    if !tokensDiffer, !answer.isEmpty {
      profile.answers = AnswerAttention(
        tokens: answer.count / (layers * heads),
        values: answer.map { $0 / (group * Float(max(1, answerRows))) })
    }
    // A third of the layers in each class: the start values would put nearly all layers of some models in one.
    let sorted = text.attentionLayers.map { profile.visionAttentionMean[$0] }.sorted()
    if sorted.count >= 3 {
      profile.thresholds.indifferent = sorted[(sorted.count - 1) / 3]
      profile.thresholds.attentive = sorted[sorted.count - sorted.count / 3]
    }
    profile.layerClass = profile.visionAttentionMean.map { profile.thresholds.layerClass(of: $0).rawValue }
    profile.retention = profile.visionAttentionMean.map { profile.thresholds.retention(of: $0) }
    // What has no entries frees none.
    for layer in text.recurrentLayers { profile.retention[layer] = 1 }
    return profile
  }
}
