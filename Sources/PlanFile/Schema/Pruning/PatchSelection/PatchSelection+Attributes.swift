import Plan

extension PatchSelection: StoredCandidate {
  static var since: Int { 1 }
  static var summary: String { "what is lost when patches that repeat their neighbours are left out" }
  static var blank: Self { Self(tolerance: 0) }
  static var fields: [AttributeField<Self>] { [.init("tolerance", \.tolerance)] }
}
