/// What an object's header says, every message checked.
struct ObjectHeader {
  private(set) var attributes: [SubsetAttribute] = []
  /// Members of a group, sorted by name.
  private(set) var links: [Link] = []
  /// Type, shape and place of a dataset's elements; `nil` for a group.
  private(set) var elements: (type: SubsetType, space: Dataspace, layout: Layout)?

  private let limits: SubsetLimits
  private let object: String
  private var seen: Set<MessageKind> = []
  private var type: SubsetType?
  private var space: Dataspace?
  private var layout: Layout?

  init(_ reader: inout HeaderReader, of object: String, limits: SubsetLimits, _ claims: inout Claims)
    throws(SubsetError)
  {
    self.limits = limits
    self.object = object
    while let message = try reader.next(&claims) {
      let kind = try MessageKind(message.type, flags: message.flags, of: object)
      guard seen.insert(kind).inserted || kind.isRepeated else {
        throw SubsetError(object, "has a second \(kind.name)")
      }
      try take(kind, message)
    }
    try checkKinds()
    attributes = try Self.sorted(attributes, of: object)
    links.sort { $0.name < $1.name }
    for (left, right) in zip(links, links.dropFirst()) where left.name == right.name {
      throw SubsetError(object, "has two members '\(left.name)'")
    }
    if let type, let space, let layout { elements = (type, space, layout) }
  }

  /// Reads the attributes alone and looks at no other message.
  static func attributes(
    _ reader: inout HeaderReader, of object: String, limits: SubsetLimits, _ claims: inout Claims
  ) throws(SubsetError) -> [SubsetAttribute] {
    var attributes: [SubsetAttribute] = []
    while var message = try reader.next(&claims) {
      guard message.type == MessageKind.attribute.rawValue else { continue }
      _ = try MessageKind(message.type, flags: message.flags, of: object)
      try append(&message.body, to: &attributes, limits)
    }
    return try sorted(attributes, of: object)
  }

  private mutating func take(
    _ kind: MessageKind, _ message: HeaderReader.Message
  ) throws(SubsetError) {
    var body = message.body
    switch kind {
    case .linkInfo: try Self.demand(&body, [0, 0], undefinedAddresses: 2, kind, "keeps its links in a heap")
    case .attributeInfo:
      try Self.demand(&body, [0, 0], undefinedAddresses: 2, kind, "keeps its attributes in a heap")
    // Version 0, flags 1: the most and the fewest links, 65535 and 65534.
    case .groupInfo: try Self.demand(&body, [0, 1, 0xff, 0xff, 0xfe, 0xff], kind)
    // Version 3, flags 5: place taken early, never filled, no value.
    case .fillValue: try Self.demand(&body, [3, 5], kind)
    case .dataspace: space = try Dataspace(&body, ranks: 1...3)
    case .datatype: type = try SubsetType(&body, limits: limits)
    case .layout: layout = try Layout(&body, isConstant: message.flags == 1)
    case .link:
      guard links.count < limits.members else {
        throw SubsetError(object, "has more than \(limits.members) members")
      }
      links.append(try Link(&body))
    case .attribute: try Self.append(&body, to: &attributes, limits)
    }
  }

  private static func append(
    _ body: inout Cursor, to attributes: inout [SubsetAttribute], _ limits: SubsetLimits
  ) throws(SubsetError) {
    guard attributes.count < limits.attributes else {
      throw SubsetError(body.object, "has more than \(limits.attributes) attributes")
    }
    attributes.append(try SubsetAttribute(&body, limits: limits))
  }

  private static func sorted(
    _ attributes: [SubsetAttribute], of object: String
  ) throws(SubsetError) -> [SubsetAttribute] {
    let sorted = attributes.sorted { $0.name < $1.name }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.name == right.name {
      throw SubsetError(object, "has two attributes '\(left.name)'")
    }
    return sorted
  }

  /// Demands bytes, then addresses that lead nowhere.
  private static func demand(
    _ body: inout Cursor, _ bytes: [UInt8], undefinedAddresses: Int = 0, _ kind: MessageKind,
    _ reason: String = ""
  ) throws(SubsetError) {
    for byte in bytes where try body.number() != byte {
      throw SubsetError(body.object, "has another \(kind.name) than the writer makes")
    }
    for _ in 0..<undefinedAddresses where try body.number() != Superblock.undefined {
      throw SubsetError(body.object, reason)
    }
    try body.finish(kind.name)
  }

  /// Demands the messages of a group or those of a dataset.
  private func checkKinds() throws(SubsetError) {
    let group: Set<MessageKind> = [.linkInfo, .groupInfo]
    let dataset: Set<MessageKind> = [.dataspace, .datatype, .fillValue, .layout]
    let isGroup = seen.contains(.linkInfo)
    guard isGroup || seen.contains(.dataspace) else {
      throw SubsetError(object, "is neither a group nor a dataset")
    }
    let needed = isGroup ? group : dataset
    let allowed = needed.union(isGroup ? [.link, .attribute, .attributeInfo] : [.attribute, .attributeInfo])
    if let missing = needed.subtracting(seen).min(by: { $0.rawValue < $1.rawValue }) {
      throw SubsetError(object, "has no \(missing.name)")
    }
    if let odd = seen.subtracting(allowed).min(by: { $0.rawValue < $1.rawValue }) {
      throw SubsetError(object, "is a \(isGroup ? "group" : "dataset") with a \(odd.name)")
    }
    guard seen.contains(.attributeInfo) || !seen.contains(.attribute) else {
      throw SubsetError(object, "has attributes without attribute info")
    }
  }
}
