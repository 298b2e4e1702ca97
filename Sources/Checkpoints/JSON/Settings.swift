import JSONReading
import Plan
import PlanFile

/// A JSON object of a checkpoint, read with defaults and with errors that name the key.
struct Settings {
  let file: String
  let path: String
  let object: JSONObject

  init(file: String, path: String = "", object: JSONObject) {
    self.file = file
    self.path = path
    self.object = object
  }

  /// Reads a file whose value is an object.
  init(contentsOf file: String) throws(CheckpointError) {
    guard case .object(let object) = try JSON.read(file) else {
      throw CheckpointError(file: file, reason: "is not a JSON object")
    }
    self.init(file: file, object: object)
  }

  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func error(_ key: String, _ reason: String) -> CheckpointError {
    CheckpointError(file: file, object: name(key), reason: reason)
  }

  /// A value that is present and not null.
  subscript(key: String) -> JSON? {
    guard let value = object[key], !value.isNull else { return nil }
    return value
  }

  func integer(_ key: String, default standard: Int? = nil) throws(CheckpointError) -> Int {
    switch self[key] {
    case .integer(let value): return value
    case nil: return try missing(key, standard)
    case .some(let value): throw error(key, "is \(value.summary), expected an integer")
    }
  }

  /// The largest size of anything, far below where a product of two could overflow.
  static let limit = 1 << 20
  /// The most layers of a tower or decoder.
  static let layerLimit = 512

  /// An integer that counts or measures something.
  func extent(
    _ key: String, default standard: Int? = nil, upTo limit: Int = Settings.limit
  ) throws(CheckpointError) -> Int {
    let value = try integer(key, default: standard)
    guard (1...limit).contains(value) else { throw error(key, "is \(value), expected 1 to \(limit)") }
    return value
  }

  func real(_ key: String, default standard: Double? = nil) throws(CheckpointError) -> Double {
    switch self[key] {
    case .integer(let value): return Double(value)
    case .real(let value) where value.isFinite: return value
    case nil: return try missing(key, standard)
    case .some(let value): throw error(key, "is \(value.summary), expected a finite number")
    }
  }

  func flag(_ key: String, default standard: Bool? = nil) throws(CheckpointError) -> Bool {
    switch self[key] {
    case .bool(let value): return value
    case nil: return try missing(key, standard)
    case .some(let value): throw error(key, "is \(value.summary), expected true or false")
    }
  }

  func text(_ key: String, default standard: String? = nil) throws(CheckpointError) -> String {
    switch self[key] {
    case .string(let value): return value
    case nil: return try missing(key, standard)
    case .some(let value): throw error(key, "is \(value.summary), expected text")
    }
  }

  func reals(_ key: String, default standard: [Double]) throws(CheckpointError) -> [Double] {
    guard let value = self[key] else { return standard }
    guard case .array(let values) = value else { throw error(key, "is \(value.summary), expected a list") }
    var numbers: [Double] = []
    for value in values {
      switch value {
      case .integer(let number): numbers.append(Double(number))
      case .real(let number) where number.isFinite: numbers.append(number)
      default: throw error(key, "has \(value.summary), expected finite numbers")
      }
    }
    return numbers
  }

  func array(_ key: String) throws(CheckpointError) -> [JSON] {
    switch self[key] {
    case .array(let values): return values
    case nil: return []
    case .some(let value): throw error(key, "is \(value.summary), expected a list")
    }
  }

  /// The object of a key; `nil` when it is missing or null.
  func child(_ key: String) throws(CheckpointError) -> Settings? {
    switch self[key] {
    case .object(let object): return Settings(file: file, path: name(key), object: object)
    case nil: return nil
    case .some(let value): throw error(key, "is \(value.summary), expected an object")
    }
  }

  /// The object of a key that is missing: everything in it has its default.
  func blank(_ key: String) -> Settings { Settings(file: file, path: name(key), object: JSONObject()) }

  /// Demands that an option has the one value the engine has, or is absent.
  func demand(_ key: String, _ expected: Bool) throws(CheckpointError) {
    let value = try flag(key, default: expected)
    if value != expected { throw error(key, "is \(value), which is not supported") }
  }

  /// Demands that an option is not set.
  func demandAbsent(_ key: String) throws(CheckpointError) {
    if let value = self[key] { throw error(key, "is \(value.summary), which is not supported") }
  }

  private func missing<Value>(_ key: String, _ standard: Value?) throws(CheckpointError) -> Value {
    guard let standard else { throw error(key, "is missing") }
    return standard
  }
}

extension JSON {
  /// Bytes of the longest file; the largest tokenizers have some 40 MB.
  static let sizeLimit = 128 << 20

  /// Reads a JSON file.
  static func read(_ file: String) throws(CheckpointError) -> JSON {
    let mapping = try mapFile(file, sizeLimit: sizeLimit)
    // The bytes are gone with the mapping, which may end before they are copied.
    let bytes = withExtendedLifetime(mapping) { Array(mapping.bytes) }
    return try parse(bytes, file)
  }

  static func parse(_ bytes: [UInt8], _ file: String) throws(CheckpointError) -> JSON {
    do { return try JSONParser.parse(bytes, allowingNonFinite: true) } catch {
      throw CheckpointError(
        file: file, object: "line \(error.line)", reason: "is not valid JSON: \(error.reason)")
    }
  }
}
