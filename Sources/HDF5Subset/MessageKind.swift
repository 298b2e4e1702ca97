/// The header messages of the subset, besides empty ones and continuations. Raw values are HDF5's types.
enum MessageKind: UInt8 {
  case dataspace = 1
  case linkInfo = 2
  case datatype = 3
  case fillValue = 5
  case link = 6
  case layout = 8
  case groupInfo = 10
  case attribute = 12
  case attributeInfo = 21

  /// Takes a message's type and flags, which are the writer's or refused.
  init(_ type: UInt8, flags: UInt8, of object: String) throws(SubsetError) {
    guard let kind = Self(rawValue: type) else {
      throw SubsetError(
        object, Self.refusals[type] ?? "has a header message of type \(type), not in the subset")
    }
    // What has no place yet may get one: the layout of a dataset without elements is not constant.
    guard flags == kind.flags || kind == .layout && flags == 0 else {
      throw SubsetError(object, "has flags \(flags) at its \(kind.name), expected \(kind.flags)")
    }
    self = kind
  }

  /// 1: constant; 4: never shared.
  private var flags: UInt8 {
    switch self {
    case .datatype, .fillValue, .layout, .groupInfo: 1
    case .attributeInfo: 4
    case .dataspace, .link, .linkInfo, .attribute: 0
    }
  }

  /// Whether a header may hold several.
  var isRepeated: Bool { self == .link || self == .attribute }

  /// Name for messages.
  var name: String {
    switch self {
    case .dataspace: "dataspace"
    case .linkInfo: "link info"
    case .datatype: "datatype"
    case .fillValue: "fill value"
    case .link: "link"
    case .layout: "data layout"
    case .groupInfo: "group info"
    case .attribute: "attribute"
    case .attributeInfo: "attribute info"
    }
  }

  /// What messages mean that other writers use.
  private static let refusals: [UInt8: String] = [
    4: "has a fill value of an old form",
    7: "keeps its data in another file",
    11: "has filters, expected none",
    13: "has a comment",
    14: "stores times",
    17: "has a symbol table, an old form of links",
    18: "stores times",
    22: "is linked more than once",
  ]
}
