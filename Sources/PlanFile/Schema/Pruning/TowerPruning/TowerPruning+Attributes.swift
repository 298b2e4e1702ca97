import Plan

extension TowerRule: AttributeConvertible {}

extension TowerPruning: StoredCandidate {
  static var since: Int { 1 }
  static var summary: String { "what is lost when the tower goes on with some of its tokens" }
  static var blank: Self { Self(rule: .alternate, keepRatio: 1, layer: 0) }
  static var fields: [AttributeField<Self>] {
    [
      .init("rule", \.rule), .init("keep_ratio", \.keepRatio), .init("layer", \.layer),
      .init("merges", \.merges),
      .init("puts_back", \.putsBack), .init("seed", \.seed),
    ]
  }
}
