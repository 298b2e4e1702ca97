import Output
import Plan

/// Attributes of the root group.
struct RootAttributes: AttributeRecord, Equatable {
  var format = FormatVersion.name
  var version = [FormatVersion.current.major, FormatVersion.current.minor]
  var producer = "espalier \(ProgramVersion.current)"
  var weightFormat = WeightFormat.float32
  var weightsDigest = ""
  var contentsDigest = ""
  var sourceDigest = ""
  var calibrationSetDigest = ""
  var narrowProducts: [String] = []

  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("format", \.format), .init("format_version", \.version), .init("producer", \.producer),
      .init("weight_format", \.weightFormat), .init("weights_digest", \.weightsDigest),
      .init("contents_digest", \.contentsDigest), .init("source_digest", \.sourceDigest),
      .init("calibration_set_digest", \.calibrationSetDigest),
      .init("narrow_products", \.narrowProducts, since: 1),
    ]
  }
}
