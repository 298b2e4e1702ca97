import Plan

extension ImportanceRule: AttributeConvertible {}

extension TokenPruning: StoredSettings {
  static var blank: Self { Self(rule: .stride, keepRatio: 1, layer: 0) }
  static var fields: [AttributeField<Self>] {
    [
      .init("rule", \.rule), .init("keep_ratio", \.keepRatio), .init("prune_layer", \.layer),
      .init("recovery_stride", \.recoveryStride), .init("alpha", \.cost.alpha), .init("beta", \.cost.beta),
      .init("gamma", \.cost.gamma), .init("sigma", \.cost.sigma), .init("epsilon", \.cost.epsilon),
      .init("seed", \.seed),
    ]
  }
}
