import Plan

extension Resolution.Measure: AttributeConvertible {}

extension Resolution: StoredCandidate {
  static var since: Int { 1 }
  static var summary: String { "what is lost with fewer pixels" }
  static var blank: Self { Self(.pixels, 1) }
  static var fields: [AttributeField<Self>] { [.init("measure", \.measure), .init("limit", \.limit)] }
}
