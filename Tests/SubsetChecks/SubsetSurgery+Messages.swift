/// HDF5's numbers of header messages.
public enum MessageType {
  /// Filler.
  public static let empty: UInt8 = 0
  /// Extents.
  public static let dataspace: UInt8 = 1
  /// Where links are.
  public static let linkInfo: UInt8 = 2
  /// Element type.
  public static let datatype: UInt8 = 3
  /// What unwritten elements are.
  public static let fillValue: UInt8 = 5
  /// A member.
  public static let link: UInt8 = 6
  /// Where elements are.
  public static let layout: UInt8 = 8
  /// How a group is stored.
  public static let groupInfo: UInt8 = 10
  /// An attribute.
  public static let attribute: UInt8 = 12
  /// Where the header goes on.
  public static let continuation: UInt8 = 16
  /// Where attributes are.
  public static let attributeInfo: UInt8 = 21
}

/// Changes of whole messages.
extension SubsetSurgery {
  /// Offset of a byte of a message's content.
  public func at(_ place: Int, _ type: UInt8, _ path: String, _ name: String? = nil) -> Int {
    message(type, of: path, name).body.lowerBound + place
  }

  /// Sets a byte of a message's content.
  public mutating func set(_ place: Int, _ byte: UInt8, in type: UInt8, _ path: String, _ name: String? = nil)
  {
    set(at(place, type, path, name), byte)
  }

  /// Turns a message into filler.
  public mutating func remove(_ type: UInt8, of path: String, _ name: String? = nil) {
    let message = message(type, of: path, name)
    set(message.start, 0)
    set(message.start + 3, 0)
  }

  /// Puts a message where an object's header has filler; there must be enough.
  public mutating func insert(_ whole: [UInt8], into path: String) {
    let fitting = header(path).messages.first {
      bytes[$0.start] == 0 && ($0.whole.count == whole.count || $0.whole.count >= whole.count + 4)
    }
    guard let place = fitting else { preconditionFailure("\(path) has no room for \(whole.count) bytes") }
    let rest = place.whole.count - whole.count - 4
    set(place.start, whole)
    if rest >= 0 {
      set(
        place.start + whole.count,
        [0, UInt8(truncatingIfNeeded: rest), UInt8(truncatingIfNeeded: rest >> 8), 0])
    }
  }

  /// The bytes of a whole message.
  public func whole(_ type: UInt8, of path: String, _ name: String? = nil) -> [UInt8] {
    Array(bytes[message(type, of: path, name).whole])
  }

  /// Offset of an object's first chunk that ends in a gap: of the gap and of the message before it.
  public func gap(of path: String) -> (gap: Int, message: Int) {
    let header = header(path)
    for chunk in header.chunks {
      let last = header.messages.last { chunk.contains($0.start) }
      if let last, last.body.upperBound < chunk.upperBound { return (last.body.upperBound, last.start) }
    }
    preconditionFailure("\(path) has no gap")
  }
}
