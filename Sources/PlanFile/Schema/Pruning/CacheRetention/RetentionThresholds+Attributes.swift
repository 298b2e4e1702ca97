import Plan

extension RetentionThresholds: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("rate", \.rate), .init("rate_step", \.step), .init("attentive_from", \.attentive),
      .init("indifferent_to", \.indifferent),
    ]
  }
}
