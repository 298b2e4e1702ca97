import Glibc

/// Processor time that this process's control group allows it, as a container's `--cpus` sets it.
enum ProcessorQuota {
  /// Processors' worth of time; `nil` where there is no limit. The strictest of the group and those above it counts.
  ///
  /// `root` stands for `/` in tests.
  static func current(root: String = "") -> Double? {
    guard let groups = read("\(root)/proc/self/cgroup") else { return nil }
    var quotas: [Double] = []
    for line in groups.split(separator: "\n") {
      // hierarchy:controllers:path
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[1].isEmpty {
        quotas += folders(of: parts[2]).compactMap { unified("\(root)/sys/fs/cgroup\($0)/cpu.max") }
      } else if parts[1].split(separator: ",").contains("cpu") {
        quotas += folders(of: parts[2]).compactMap { legacy("\(root)/sys/fs/cgroup/cpu\($0)") }
      }
    }
    return quotas.min()
  }

  /// A group's folder and those above it, down from the root of the hierarchy: "", "/a", "/a/b".
  private static func folders(of path: Substring) -> [String] {
    var result = [""]
    for name in path.split(separator: "/") where name != ".." {
      result.append("\(result[result.count - 1])/\(name)")
    }
    return result
  }

  /// `cpu.max` of the unified hierarchy: microseconds (or `max`) in every period.
  private static func unified(_ path: String) -> Double? {
    let words = read(path)?.split(whereSeparator: \.isWhitespace) ?? []
    guard words.count == 2 else { return nil }
    return share(words[0], of: words[1])
  }

  /// The two files of the hierarchy before it; a quota of -1 is none.
  private static func legacy(_ folder: String) -> Double? {
    guard let quota = read("\(folder)/cpu.cfs_quota_us"), let period = read("\(folder)/cpu.cfs_period_us")
    else { return nil }
    return share(quota[...], of: period[...])
  }

  private static func share(_ quota: Substring, of period: Substring) -> Double? {
    func number(_ text: Substring) -> Double? {
      Double(text.split(whereSeparator: \.isWhitespace).first ?? "")
    }
    guard let quota = number(quota), let period = number(period), quota > 0, period > 0 else { return nil }
    return quota / period
  }

  /// A short file of the system as text.
  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
