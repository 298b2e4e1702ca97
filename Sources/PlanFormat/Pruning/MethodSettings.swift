/// The settings of one pruning method, as an operating point stores them.
protocol MethodSettings: PruningMethod, AttributeRecord, SendableMetatype {
  /// Demands settings that fit the model.
  func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw)
  /// Demands what the settings refer to in a plan's calibration.
  func validate(beside calibration: CalibrationRecord?, _ path: String) throws(Flaw)
}

extension MethodSettings {
  /// Every field of the record.
  public var storedFields: [(name: String, value: AttributeValue)] {
    Self.fields.map { ($0.name, $0.get(self)) }
  }

  /// Most settings refer to nothing.
  func validate(beside calibration: CalibrationRecord?, _ path: String) throws(Flaw) {}
}

/// A method's place in `PruningSettings`, so that files and checks go over all methods alike.
struct StoredMethod: Sendable {
  /// Puts whether the method is used, and its settings where it is.
  let put: @Sendable (PruningSettings, inout AttributeSet) -> Void
  /// Takes what `put` put.
  let take: @Sendable (inout PruningSettings, inout AttributeSet, String) throws(Flaw) -> Void
  /// The settings where the method is used.
  let used: @Sendable (PruningSettings) -> (any PruningMethod)?
  /// Demands settings that fit a model, which `label` says where to look for.
  let validate: @Sendable (PruningSettings, ModelDescription, String) throws(Flaw) -> Void
  /// Demands what the settings refer to.
  let validateReferences: @Sendable (PruningSettings, CalibrationRecord?, String) throws(Flaw) -> Void

  init<Settings: MethodSettings>(_ path: any WritableKeyPath<PruningSettings, Settings?> & Sendable) {
    let prefix = Settings.name + "_"
    put = { settings, set in
      set.put(Settings.name, settings[keyPath: path] != nil)
      if let own = settings[keyPath: path] { set.put(own, prefix: prefix) }
    }
    take = { (settings, set, object) throws(Flaw) in
      let present: Bool = try set.take(Settings.name, of: object)
      if present { settings[keyPath: path] = try set.take(prefix: prefix, of: object) as Settings }
    }
    used = { $0[keyPath: path] }
    validate = { (settings, model, object) throws(Flaw) in
      try settings[keyPath: path]?.validate(for: model, object, prefix: prefix)
    }
    validateReferences = { (settings, calibration, object) throws(Flaw) in
      try settings[keyPath: path]?.validate(beside: calibration, object)
    }
  }
}
