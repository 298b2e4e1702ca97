import Plan

extension TileSelection: StoredCandidate {
  static var since: Int { 1 }
  static var summary: String { "what is lost when tiles that hold little are left out" }
  static var blank: Self { Self(threshold: 0) }
  static var fields: [AttributeField<Self>] {
    [.init("threshold", \.threshold), .init("keeps_markup", \.keepsMarkup)]
  }
}
