import Glibc
import Plan

/// Rotary positions as a config describes them: `rope_parameters`, or `rope_scaling` and `rope_theta` before it.
struct RotaryConfig {
  private(set) var model = RotaryModel()
  private(set) var frequencies: [Float]
  /// Positions for which the angles are meant.
  private(set) var contextLength: Int

  /// Reads rotary positions; `sections` are those of axes where the config names none, `nil` where there are no axes. With
  /// `share`, which holds where the config names none, heads may be rotated in part whatever the type is.
  init(
    _ config: Settings, headWidth: Int, positions: Int, theta standard: Double,
    type standardType: String = "default", sections: [Int]?, share standardShare: Double? = nil
  ) throws(CheckpointError) {
    let older = try config.child("rope_scaling")
    let rope = try config.child("rope_parameters") ?? older
    let outer = try config.real("rope_theta", default: standard)
    let theta = try rope?.real("rope_theta", default: outer) ?? outer
    guard theta > 0, theta.isFinite else { throw config.error("rope_theta", "is \(theta)") }
    let type =
      try rope?.text("rope_type", default: try rope?.text("type", default: standardType)) ?? standardType
    let outerShare = try config.real("partial_rotary_factor", default: standardShare ?? 1)
    var share = try rope?.real("partial_rotary_factor", default: outerShare) ?? outerShare
    guard share > 0, share <= 1 else { throw config.error("partial_rotary_factor", "is \(share)") }
    // The reference implementation of these decoders rotates whole heads where the type is the default one.
    if standardShare == nil, type == "default" || type == "mrope" { share = 1 }
    let rotated = Int(exactly: (Double(headWidth) * share).rounded(.towardZero)) ?? 0
    guard standardShare == nil || rotated % 2 == 0 else {
      throw config.error("partial_rotary_factor", "is \(share), which rotates \(rotated) elements of a head")
    }
    model.width = rotated / 2 * 2
    guard model.width >= 2 else { throw config.error("head_dim", "is \(headWidth), too narrow to rotate") }
    frequencies = Self.plain(theta, width: model.width)
    contextLength = positions
    if let sections { model.sections = try rope?.integers("mrope_section") ?? sections }
    guard let rope else {
      try demandNumbers(config)
      return
    }
    switch type {
    case "default": break
    case "mrope" where sections != nil: break
    case "proportional":
      // Whole heads, of which the pairs behind the share stand still.
      let rotated = Int((share * Double(headWidth) / 2).rounded(.towardZero))
      let factor = rope["factor"] == nil ? 1 : try Self.factor(rope)
      model.width = headWidth
      frequencies = Self.plain(theta, width: headWidth).enumerated().map { pair, frequency in
        pair < rotated ? frequency / Float(factor) : 0
      }
    case "linear":
      let factor = try Self.factor(rope)
      frequencies = frequencies.map { $0 / Float(factor) }
      contextLength = Self.scaled(positions, by: factor)
    case "dynamic":
      model.growth = try Self.factor(rope)
      model.base = theta
      model.trainedLength = positions
      contextLength = Self.scaled(positions, by: model.growth)
    case "llama3": try applyLlama3(rope, positions)
    case "yarn": try applyYarn(rope, positions, theta)
    default:
      throw rope.error("rope_type", "is \"\(type)\", supported are default, linear, dynamic, llama3 and yarn")
    }
    try demandNumbers(rope)
  }

  /// Demands that what the settings give is numbers: no division by zero, no logarithm of it.
  private func demandNumbers(_ settings: Settings) throws(CheckpointError) {
    guard frequencies.allSatisfy(\.isFinite), model.scale.isFinite else {
      throw settings.error("rope_theta", "gives angles that are no numbers, with the settings beside it")
    }
  }

  /// `theta^(-2i / width)`, each step rounded to float32 as the reference implementation does.
  static func plain(_ theta: Double, width: Int) -> [Float] {
    (0..<width / 2).map { pair in
      let exponent = Float(2 * pair) / Float(width)
      return 1 / Float(pow(Double(Float(theta)), Double(exponent)))
    }
  }

  /// `plain` angles of a tower whose rotary positions are rows and columns, by what its config says of them.
  static func axial(_ config: Settings, theta standard: Double, width: Int) throws(CheckpointError) -> [Float]
  {
    let rope = try config.child("rope_parameters")
    let theta = try rope?.real("rope_theta", default: standard) ?? standard
    let type = try rope?.text("rope_type", default: "axial") ?? "axial"
    guard ["axial", "default"].contains(type) else {
      throw config.error("rope_parameters.rope_type", "is \"\(type)\", supported is axial")
    }
    guard theta > 0 else { throw (rope ?? config).error("rope_theta", "is \(theta)") }
    let frequencies = plain(theta, width: width)
    guard frequencies.allSatisfy(\.isFinite) else {
      throw (rope ?? config).error("rope_theta", "is \(theta), which gives angles that are no numbers")
    }
    return frequencies
  }

  private static func factor(_ rope: Settings) throws(CheckpointError) -> Double {
    let factor = try rope.real("factor")
    guard factor >= 1, factor <= 1e6 else { throw rope.error("factor", "is \(factor), expected 1 or more") }
    return factor
  }

  private static func scaled(_ positions: Int, by factor: Double) -> Int {
    Int(exactly: min(67_108_864, Double(positions) * factor).rounded(.towardZero)) ?? positions
  }

  private static func trainedLength(_ rope: Settings, _ positions: Int) throws(CheckpointError) -> Int {
    let length = try rope.extent("original_max_position_embeddings", default: positions, upTo: 1 << 26)
    guard length > 0 else { throw rope.error("original_max_position_embeddings", "is \(length)") }
    return length
  }

  /// Llama 3.1: long wavelengths are scaled, short ones are not, those between in part.
  private mutating func applyLlama3(_ rope: Settings, _ positions: Int) throws(CheckpointError) {
    let factor = try Self.factor(rope)
    let (low, high) = (try rope.real("low_freq_factor"), try rope.real("high_freq_factor"))
    guard low > 0, high > low else { throw rope.error("high_freq_factor", "is \(high) beside \(low)") }
    let trained = Double(try Self.trainedLength(rope, positions))
    frequencies = frequencies.map { frequency in
      let wavelength = 2 * Double.pi / Double(frequency)
      if wavelength < trained / high { return frequency }
      if wavelength > trained / low { return frequency / Float(factor) }
      let smooth = (trained / wavelength - low) / (high - low)
      return Float((1 - smooth) * Double(frequency) / factor + smooth * Double(frequency))
    }
  }

  /// YaRN (arXiv 2309.00071): a ramp over the pairs from no scaling to full scaling, and an attention factor.
  private mutating func applyYarn(
    _ rope: Settings, _ positions: Int, _ theta: Double
  ) throws(CheckpointError) {
    let trained = Double(try Self.trainedLength(rope, positions))
    let factor = rope["factor"] == nil ? Double(positions) / trained : try Self.factor(rope)
    func magnitude(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
    let (own, all) = (try rope.real("mscale", default: 0), try rope.real("mscale_all_dim", default: 0))
    let standard = own != 0 && all != 0 ? magnitude(own) / magnitude(all) : magnitude(1)
    model.scale = try rope.real("attention_factor", default: standard)
    let width = Double(model.width)
    func pair(ofRotations rotations: Double) -> Double {
      width * log(trained / (rotations * 2 * .pi)) / (2 * log(theta))
    }
    var low = pair(ofRotations: try rope.real("beta_fast", default: 32))
    var high = pair(ofRotations: try rope.real("beta_slow", default: 1))
    if try rope.flag("truncate", default: true) { (low, high) = (low.rounded(.down), high.rounded(.up)) }
    (low, high) = (max(low, 0), min(high, width - 1))
    if low == high { high += 0.001 }
    frequencies = frequencies.enumerated().map { index, frequency in
      let ramp = Float(min(1, max(0, (Double(index) - low) / (high - low))))
      return frequency / Float(factor) * ramp + frequency * (1 - ramp)
    }
    contextLength = max(positions, Self.scaled(Int(exactly: trained) ?? positions, by: factor))
  }
}
