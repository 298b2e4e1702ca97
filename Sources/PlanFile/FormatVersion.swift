import Plan

/// The version of the format, as the root attribute `format_version` says it.
///
/// A minor version only adds. What it adds has a default, so that a reader takes older plans; and a newer plan is read
/// where everything that the reader does not know is marked as optional.
package struct FormatVersion: Equatable, Sendable {
  /// Readers take one major version alone.
  package var major: Int
  /// Grows with what a plan may say.
  package var minor: Int

  /// Value of the root attribute `format`.
  static let name = "espalier.plan"
  /// What this program writes at most, and knows all of.
  package static let current = FormatVersion(major: 1, minor: 4)

  /// Whether a plan may hold what this program does not know.
  var isNewer: Bool { minor > Self.current.minor }

  /// Demands a plan of a version that can be read. It comes before all else: others may look like anything.
  init(of root: AttributeSet) throws(Flaw) {
    var root = root
    let format: String = try root.take("format", of: "/")
    guard format == Self.name else {
      throw Flaw("/", "has format '\(format.prefix(64))', expected '\(Self.name)'")
    }
    let version: [Int] = try root.take("format_version", of: "/")
    guard version.count == 2 else {
      throw Flaw("/", "format_version has \(version.count) numbers, expected 2")
    }
    guard version[0] == Self.current.major, version[1] >= 0 else {
      throw Flaw("/", "has format version \(version[0]).\(version[1]), this program reads \(Self.current)")
    }
    self.init(major: version[0], minor: version[1])
  }

  init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }
}

extension FormatVersion: CustomStringConvertible {
  /// Major and minor: `1.0`.
  package var description: String { "\(major).\(minor)" }
}
