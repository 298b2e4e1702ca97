public import Plan

/// The settings of one pruning method with their form in the file.
protocol StoredSettings: MethodSettings, AttributeRecord {
  /// The minor version that brought the method.
  static var since: Int { get }
}

extension StoredSettings {
  static var since: Int { 0 }

  fileprivate func put(into set: inout AttributeSet) { set.put(self, prefix: Self.prefix) }

  fileprivate init(from set: inout AttributeSet, of object: String) throws(Flaw) {
    self = try set.take(prefix: Self.prefix, of: object)
  }
}

extension PruningSettings {
  /// Puts of every method whether it is used, and its settings where it is. Methods of later versions are named only where
  /// they are used.
  func put(into set: inout AttributeSet) {
    for (place, method) in Self.stored {
      let own = place.get(self) as? any StoredSettings
      if own == nil, method.since > 0 { continue }
      set.put(method.name, own != nil)
      if method.since > 0 { set.need(method.name, since: method.since, isOptional: false) }
      own?.put(into: &set)
    }
  }

  /// Takes what `put` put.
  init(from set: inout AttributeSet, of object: String) throws(Flaw) {
    self = .dense
    for (place, method) in Self.stored {
      let isUsed: Bool =
        method.since > 0
        ? try set.takeIfPresent(method.name, of: object) ?? false : try set.take(method.name, of: object)
      if isUsed { place.set(&self, try method.init(from: &set, of: object)) }
    }
  }

  /// Every method with its form in the file, which each must have.
  private static let stored = methods.map { place in
    guard let method = place.type as? any StoredSettings.Type else {
      preconditionFailure("\(place.type) has no form in the file")
    }
    return (place: place, method: method)
  }
}

extension PruningMethod {
  /// The settings with their names in the file, in the file's order.
  public var storedFields: [(name: String, value: AttributeValue)] {
    (self as? any StoredSettings)?.attributeFields ?? []
  }
}
