import Plan

extension CacheRetention.Mode: AttributeConvertible {}
extension CacheRetention.EntryRanking: AttributeConvertible {}

extension CacheRetention: StoredSettings {
  static var blank: Self { Self(rates: []) }
  static var fields: [AttributeField<Self>] {
    [
      .init("mode", \.mode), .init("rates", \.rates), .init("rate", \.thresholds.rate),
      .init("rate_step", \.thresholds.step), .init("attentive_from", \.thresholds.attentive),
      .init("indifferent_to", \.thresholds.indifferent), .init("ranking", \.ranking),
      .init("even_share", \.evenShare),
    ]
  }
}
