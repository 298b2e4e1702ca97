import Plan

/// The version of the format, as the root attribute `format_version` says it.
enum FormatVersion {
  static let name = "espalier.plan"
  static let major: Int64 = 1
  static let minor: Int64 = 0
}
