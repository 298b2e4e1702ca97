import Glibc

/// The day and time of now as text, in the machine's time zone.
package enum DateText {
  /// Bytes of the longest text; a longer one is empty.
  private static let limit = 512

  /// What `strftime` makes of a format in the C locale.
  package static func now(_ format: String) -> String {
    var seconds = time(nil)
    var fields = tm()
    guard localtime_r(&seconds, &fields) != nil else { return "" }
    let bytes = [CChar](unsafeUninitializedCapacity: limit) { buffer, count in
      count = strftime(buffer.baseAddress, limit, format, &fields)
    }
    return String(decoding: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
