public import Plan

/// The settings of one pruning method with their form in the file.
protocol StoredSettings: MethodSettings, AttributeRecord {}

/// A method's place in `PruningSettings`, so that the file goes over all methods alike.
struct StoredMethod: Sendable {
  /// Puts whether the method is used, and its settings where it is.
  let put: @Sendable (PruningSettings, inout AttributeSet) -> Void
  /// Takes what `put` put.
  let take: @Sendable (inout PruningSettings, inout AttributeSet, String) throws(Flaw) -> Void

  init<Settings: StoredSettings>(_ path: any WritableKeyPath<PruningSettings, Settings?> & Sendable) {
    put = { settings, set in
      set.put(Settings.name, settings[keyPath: path] != nil)
      if let own = settings[keyPath: path] { set.put(own, prefix: Settings.prefix) }
    }
    take = { (settings, set, object) throws(Flaw) in
      let present: Bool = try set.take(Settings.name, of: object)
      if present { settings[keyPath: path] = try set.take(prefix: Settings.prefix, of: object) as Settings }
    }
  }
}

extension PruningSettings {
  /// Every method in the order of the file: a new method is entered here.
  static let stored = [
    StoredMethod(\.tokenPruning), StoredMethod(\.layerReduction), StoredMethod(\.cacheRetention),
    StoredMethod(\.horizon),
  ]
}

extension PruningMethod {
  /// The settings with their names in the file, in the file's order.
  public var storedFields: [(name: String, value: AttributeValue)] {
    (self as? any StoredSettings)?.attributeFields ?? []
  }
}
