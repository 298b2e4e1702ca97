import Glibc
import Output

extension PictureFolder {
  /// Removes the files that were not used for the longest time until so many bytes fit.
  func makeRoom(for size: Int) {
    let files = files()
    var total = files.reduce(Double(size)) { $0 + Double($1.size) }
    for file in files.sorted(by: { ($0.lastUse, $0.name) < ($1.lastUse, $1.name) }) {
      if total <= Double(limit) { return }
      // Somebody may be writing one that is not finished.
      if file.isPartial { continue }
      unlinkat(descriptor, file.name, 0)
      total -= Double(file.size)
    }
  }

  private struct File {
    let name: String
    let size: Int
    /// Nanoseconds; 0 where the time says nothing.
    let lastUse: Int
    let isPartial: Bool
  }

  /// The cache's own files. Unfinished ones of long ago, which somebody died over, are removed.
  private func files() -> [File] {
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { return [] }
    guard let stream = fdopendir(copy) else {
      close(copy)
      return []
    }
    defer { closedir(stream) }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var result: [File] = []
    while let entry = readdir(stream) {
      let name = entryName(entry)
      let isPartial = EntryName.isPartial(name)
      guard isPartial || EntryName.isEntry(name) else { continue }
      var status = stat()
      guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG
      else { continue }
      let time = status.st_mtim
      let age = now.tv_sec.subtractingReportingOverflow(time.tv_sec).partialValue
      if isPartial, age.magnitude > Self.hour {
        unlinkat(descriptor, name, 0)
        continue
      }
      // A device without a clock of its own begins in the past: a time far ahead is from before it was switched off.
      let lastUse = age < -Int(Self.hour) ? 0 : Self.nanoseconds(time)
      result.append(
        File(name: name, size: max(0, Int(status.st_size)), lastUse: lastUse, isPartial: isPartial))
    }
    return result
  }

  private static let hour: UInt = 3600

  private static func nanoseconds(_ time: timespec) -> Int {
    let (seconds, overflow) = time.tv_sec.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? 0 : seconds.addingReportingOverflow(time.tv_nsec).partialValue
  }
}
