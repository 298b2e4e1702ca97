import Plan

extension TowerDepth: StoredCandidate {
  static var since: Int { 1 }
  static var summary: String { "what is lost without the last layers of the tower" }
  static var blank: Self { Self(skippedLayers: 0) }
  static var fields: [AttributeField<Self>] { [.init("skipped_layers", \.skippedLayers)] }
}
