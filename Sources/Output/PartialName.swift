internal import Glibc

/// Names of the unfinished files of one destination: short whatever the destination's is, and recognised by a
/// fingerprint of it.
struct PartialName {
  /// Where unfinished files lie: beside a file, or among the system's temporary files where the destination is none.
  let folder: String
  private let prefix: String

  private static let mark = ".espalier-partial-"

  init(_ target: OutputTarget) {
    if case .replaced = target.kind {
      folder = target.folder
    } else {
      folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    }
    let name = OutputTarget.split(target.path).name
    // What is made beside an unfinished file belongs to the same destination.
    let length = Self.mark.count + 17
    prefix =
      name.hasPrefix(Self.mark) && name.utf8.count == length + 16
      ? String(name.prefix(length)) : "\(Self.mark)\(Self.fingerprint(of: target.path))-"
  }

  /// A name that nobody has.
  func fresh() -> String { "\(folder)/\(prefix)\(Self.digits(UInt64.random(in: .min ... .max)))" }

  /// Removes what processes that died left for this destination: what can be locked.
  func removeAbandoned() {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = entryName(entry)
      guard name.hasPrefix(prefix) else { continue }
      let path = "\(folder)/\(name)"
      let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
      {
        unlink(path)
      }
      close(descriptor)
    }
  }

  /// 16 digits that tell the name of a file from others: FNV-1a.
  static func fingerprint(of path: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in OutputTarget.split(path).name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return digits(hash)
  }

  private static func digits(_ number: UInt64) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
