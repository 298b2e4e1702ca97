/// Formats of strings that can be held to, as patterns for the whole string.
///
/// A pattern may have fewer texts than the format, never others.
enum StringFormat: String, CaseIterable {
  case date, time, duration, email, hostname, ipv4, ipv6, uuid
  case dateTime = "date-time"

  var pattern: String {
    switch self {
    case .date: Self.dayText
    case .time: Self.timeText
    case .dateTime: "\(Self.dayText)T\(Self.timeText)"
    case .duration: Self.durationText
    case .email: "\(Self.atom)(?:\\.\(Self.atom)){0,2}@\(Self.hostname(longest: 15))"
    case .hostname: Self.hostname(longest: 31)
    case .ipv4: "\(Self.byte)(?:\\.\(Self.byte)){3}"
    case .ipv6: Self.addressText
    case .uuid: "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    }
  }

  /// Days that exist in the years 1 to 9999.
  private static let dayText: String = {
    let year = "(?:[1-9]\\d{3}|0[1-9]\\d{2}|00[1-9]\\d|000[1-9])"
    let leapYear = "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][48]|[2468]0|[13579][26])00)"
    let long = "(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
    let short = "(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)"
    let february = "02-(?:0[1-9]|1\\d|2[0-8])"
    return "(?:\(year)-(?:\(long)|\(short)|\(february))|\(leapYear)-02-29)"
  }()

  /// A time of day with the offset that RFC 3339 wants.
  private static let timeText =
    "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)"

  private static let durationText: String = {
    let number = "\\d{1,6}"
    let time =
      "T(?:\(number)H(?:\(number)M(?:\(number)S)?)?|\(number)M(?:\(number)S)?|\(number)S)"
    let days = "\(number)Y(?:\(number)M(?:\(number)D)?)?|\(number)M(?:\(number)D)?|\(number)D"
    return "P(?:\(number)W|(?:\(days))(?:\(time))?|\(time))"
  }()

  private static let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}"
  private static let byte = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"

  /// Up to four labels; no two hyphens in a row, which would be a name in another script, and a letter first in the last.
  private static func hostname(longest: Int) -> String {
    func label(_ first: String, _ count: Int) -> String { "\(first)(?:[A-Za-z0-9]|-[A-Za-z0-9]){0,\(count)}" }
    return "(?:\(label("[A-Za-z0-9]", longest))\\.){0,3}\(label("[A-Za-z]", longest - 1))"
  }

  private static let addressText: String = {
    let group = "[0-9a-fA-F]{1,4}"
    var forms = ["\(group)(?::\(group)){7}"]
    for left in 0...7 {
      let before = left == 0 ? "" : "\(group)(?::\(group)){\(left - 1)}"
      let after = left == 7 ? "" : "(?:\(group)(?::\(group)){0,\(6 - left)})?"
      forms.append("\(before)::\(after)")
    }
    return "(?:\(forms.joined(separator: "|")))"
  }()
}
