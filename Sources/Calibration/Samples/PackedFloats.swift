import Foundation

/// Many numbers that ranks send each other, as text of their bytes: digit by digit they would take ten times as long.
struct PackedFloats: Codable {
  private let data: Data

  init(_ values: [Float]) { data = values.withUnsafeBytes { Data($0) } }

  /// The numbers.
  var values: [Float] {
    var values = Array(repeating: Float(0), count: data.count / MemoryLayout<Float>.size)
    _ = values.withUnsafeMutableBytes { data.copyBytes(to: $0) }
    return values
  }
}
