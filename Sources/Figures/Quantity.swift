/// A positive number with a unit behind it, as people write it on a command line.
public enum Quantity {
  /// The number in the unit whose factor is 1; `nil` where the text is none, or of another unit.
  public static func value(_ text: String, units: [String: Double]) -> Double? {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(number.count).drop { $0 == " " }
    guard let value = Double(number), value > 0, value.isFinite, let factor = units[String(unit)] else {
      return nil
    }
    return value * factor
  }

  /// A size in bytes, such as `900MB` or `1.5GiB`; bytes without a unit.
  public static func bytes(_ text: String) -> Double? {
    value(
      text,
      units: [
        "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824, "": 1,
      ])
  }
}
