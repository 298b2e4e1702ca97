import FileNames
import Glibc
import Output

/// The files that appear in a folder, as the system tells of them: written and closed there, or moved there.
struct FolderWatch: ~Copyable {
  private let folder: String
  private let descriptor: Int32
  /// What the system told and nobody asked for yet.
  private var waiting: [Event] = []

  /// What happened in the folder.
  enum Event: Equatable {
    /// A file is whole under this path.
    case file(String)
    /// More happened at once than the system keeps: some files are not told of.
    case overflow
    /// The folder is gone.
    case end
  }

  /// Watches a folder from now on.
  init(_ folder: String) throws(ExecutionError) {
    self.folder = folder
    descriptor = inotify_init1(Int32(IN_CLOEXEC))
    guard descriptor >= 0 else {
      throw ExecutionError("\(folder): cannot be watched: \(Descriptor.reason())")
    }
    let mask = Self.arrivals | Self.ends | UInt32(IN_ONLYDIR)
    guard folder.withFileName({ inotify_add_watch(descriptor, $0, mask) }) >= 0 else {
      throw ExecutionError("\(folder): cannot be watched: \(Descriptor.reason())")
    }
  }

  deinit { close(descriptor) }

  /// Waits for the next event. Files whose names begin with a dot are passed over: programs write to such a name first.
  mutating func next() throws(ExecutionError) -> Event {
    while waiting.isEmpty { waiting = try read() }
    return waiting.removeFirst()
  }

  private func read() throws(ExecutionError) -> [Event] {
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR { return [] }
    guard count > 0 else { throw ExecutionError("\(folder): cannot be watched: \(Descriptor.reason())") }
    var events: [Event] = []
    var rest = buffer[..<count]
    // The system writes whole events: watch, mask, cookie, length of the name, and the name, filled up with zeros.
    while rest.count >= Self.headerSize {
      let (mask, length) = (Self.number(in: rest, at: 4), Int(Self.number(in: rest, at: 12)))
      let name = rest.dropFirst(Self.headerSize).prefix(length).prefix { $0 != 0 }
      if let event = event(mask, name) { events.append(event) }
      rest = rest.dropFirst(Self.headerSize + length)
    }
    return events
  }

  private func event(_ mask: UInt32, _ name: ArraySlice<UInt8>) -> Event? {
    if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .overflow }
    if mask & (Self.ends | UInt32(IN_IGNORED) | UInt32(IN_UNMOUNT)) != 0 { return .end }
    guard mask & UInt32(IN_ISDIR) == 0, let first = name.first, first != UInt8(ascii: ".") else { return nil }
    return .file((folder.hasSuffix("/") ? folder : folder + "/") + FileName.text(name))
  }

  private static let arrivals = UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO)
  private static let ends = UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
  private static let headerSize = 16

  private static func number(in bytes: ArraySlice<UInt8>, at offset: Int) -> UInt32 {
    bytes.dropFirst(offset).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
