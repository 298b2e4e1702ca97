import Plan

extension ContrastSelection: StoredCandidate {
  static var since: Int { 1 }
  static var summary: String { "what is lost when patches that do not stand out are left out" }
  static var blank: Self { Self(threshold: 0) }
  static var fields: [AttributeField<Self>] {
    [.init("threshold", \.threshold), .init("margin", \.margin), .init("spacing", \.spacing)]
  }
}
