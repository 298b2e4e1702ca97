import HDF5
import Plan
import PlanFile
import TinyPlans

/// A valid plan taken apart: everything that a change may be made to, and values to take from elsewhere.
struct PlanSample {
  /// A group or dataset.
  struct Object {
    var path: String
    var attributes: [(name: String, value: StoredValue)] = []
    /// The elements of a dataset.
    var elements: StoredValue?
  }

  /// The bytes of the file.
  let file: [UInt8]
  private(set) var objects: [Object] = []
  /// All attributes, by the places of their objects and their places in these.
  private(set) var attributes: [(object: Int, attribute: Int)] = []
  /// Places of the datasets.
  private(set) var datasets: [Int] = []
  /// All values there are.
  private(set) var values: [StoredValue] = []

  init(contentsOf path: String) throws {
    let mapping = try MappedFile(path: path, sizeLimit: 1 << 24)
    file = withExtendedLifetime(mapping) { Array(mapping.bytes) }
    try add(File.open(path).root())
    for (place, object) in objects.enumerated() {
      attributes += object.attributes.indices.map { (place, $0) }
      values += object.attributes.map(\.value)
      guard let elements = object.elements else { continue }
      datasets.append(place)
      values.append(elements)
    }
  }

  private mutating func add(_ group: Group) throws {
    try objects.append(Object(path: group.path, attributes: Self.read(group)))
    for link in try group.links() {
      if case .group = try group.kind(of: link.name) {
        try add(group.group(link.name))
      } else {
        try add(group.dataset(link.name))
      }
    }
  }

  private mutating func add(_ dataset: Dataset) throws {
    guard let type = dataset.type, let shape = dataset.shape else { return }
    let storage = try dataset.storage()
    let start = storage.offset ?? 0
    objects.append(
      Object(
        path: dataset.path, attributes: try Self.read(dataset),
        elements: StoredValue(type: type, shape: shape, bytes: Array(file[start..<start + storage.bytes]))))
  }

  private static func read(_ owner: some AttributeOwner) throws -> [(name: String, value: StoredValue)] {
    try owner.attributes().compactMap { attribute in
      guard let type = attribute.type, let shape = attribute.shape else { return nil }
      return (
        attribute.name, StoredValue(type: type, shape: shape, bytes: try attribute.bytes(limit: 1 << 16))
      )
    }
  }
}
