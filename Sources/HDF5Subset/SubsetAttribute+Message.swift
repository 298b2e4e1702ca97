extension SubsetAttribute {
  /// Reads an attribute of version 3, with its type and shape inside.
  init(_ body: inout Cursor, limits: SubsetLimits) throws(SubsetError) {
    let object = body.object
    let version: UInt8 = try body.number()
    guard version == 3 else {
      throw SubsetError(object, "has an attribute of version \(version), expected 3")
    }
    let flags: UInt8 = try body.number()
    guard flags == 0 else { throw SubsetError(object, "has an attribute with flags \(flags), expected 0") }
    let nameSize: UInt16 = try body.number()
    let (typeSize, spaceSize) = (try body.number(UInt16.self), try body.number(UInt16.self))
    let characters: UInt8 = try body.number()
    // A zero byte follows the name and counts.
    guard characters == 0, nameSize > 0, let name = try body.plainName(Int(nameSize) - 1),
      try body.number(UInt8.self) == 0
    else { throw SubsetError(object, "has an attribute with an odd name") }
    self.name = name
    do throws(SubsetError) {
      var typeBody = try body.take(Int(typeSize))
      type = try SubsetType(&typeBody, limits: limits)
      var spaceBody = try body.take(Int(spaceSize))
      let space = try Dataspace(&spaceBody, ranks: 0...1)
      shape = space.shape
      let count = try space.byteCount(type, of: object)
      guard count <= limits.attributeBytes else {
        throw SubsetError(object, "is longer than \(limits.attributeBytes) bytes")
      }
      guard count == body.remaining else {
        throw SubsetError(object, "stores \(body.remaining) bytes, expected \(count)")
      }
      bytes = try body.rest()
    } catch {
      throw SubsetError(object, "attribute '\(name)' \(error.reason)")
    }
  }
}
