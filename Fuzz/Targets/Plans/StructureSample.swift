import HDF5Subset
import Plan
import PlanFile
import PlanWriting
import SubsetChecks

/// The file of a plan, and where in it values lie.
struct StructureSample {
  var surgery: SubsetSurgery
  /// Values of attributes in headers, and elements of datasets outside of the weights.
  private let values: [Range<Int>]
  /// Where the digest of a dataset stands, and its elements.
  private let digests: [(path: String, place: Range<Int>, elements: Range<Int>)]
  private let rootDigests: [(name: String, place: Range<Int>)]

  init(_ index: Int) {
    let scratch = ScratchFile([])
    do {
      try PlanWriter.write(PlanSamples.contents[index], weights: SmallWeights(), to: scratch.path)
      try self.init(file: SampleFile.bytes(scratch.path))
    } catch { preconditionFailure("\(error)") }
  }

  private init(file: [UInt8]) throws {
    surgery = SubsetSurgery(file)
    let objects = try file.withUnsafeBytes { raw in try SubsetReader(raw).objects(ignoring: "x_") }
    var values: [Range<Int>] = []
    var digests: [(path: String, place: Range<Int>, elements: Range<Int>)] = []
    for object in objects {
      for attribute in object.attributes where attribute.name != "description" {
        let message = surgery.message(MessageType.attribute, of: object.path, attribute.name)
        let place = message.body.upperBound - attribute.bytes.count..<message.body.upperBound
        values.append(place)
        if attribute.name == "sha256", let elements = object.elements {
          digests.append((object.path, place, elements.range))
        }
      }
      if let elements = object.elements, !elements.range.isEmpty, !object.path.hasPrefix("/weights/") {
        values.append(elements.range)
      }
    }
    self.values = values
    self.digests = digests
    let sample = surgery
    rootDigests = ["weights_digest", "contents_digest"].map { name in
      let body = sample.message(MessageType.attribute, of: "/", name).body
      return (name, body.upperBound - 64..<body.upperBound)
    }
  }

  /// Sets some bytes of a value.
  mutating func changeValue(_ script: inout ByteReader) {
    let place = script.element(values)
    guard !place.isEmpty else { return }
    let count = script.element([1, 1, 2, 4, 8, 8])
    let bits =
      switch script.byte() % 4 {
      case 0: EdgeNumbers.real(near: 1, &script).bitPattern
      case 1: UInt64(script.byte())
      default: UInt64(bitPattern: EdgeNumbers.integer(near: 1, &script))
      }
    let start = place.lowerBound + script.index(below: place.count) / count * count
    for offset in 0..<min(count, place.upperBound - start) {
      surgery.set(start + offset, UInt8(truncatingIfNeeded: bits >> (8 * UInt64(offset))))
    }
  }

  /// The file with digests of what it now holds; `nil` where it is refused whatever they are.
  mutating func sealed() -> MappedFile? {
    guard let mapping = surgery.mapping(), var tree = try? PlanTree(mapping) else { return nil }
    for (path, place, _) in digests {
      guard let digest = tree.datasets[path]?.digest else { continue }
      surgery.set(place.lowerBound, digest.utf8)
      tree.datasets[path]?.attributes.put("sha256", digest)
    }
    let (weights, contents) = tree.seal()
    // What the tree says, the file will say: mostly it is refused.
    guard (try? Plan(tree, in: mapping, verifying: .smallDatasets)) != nil else { return nil }
    for (name, place) in rootDigests {
      surgery.set(place.lowerBound, (name == "weights_digest" ? weights : contents).utf8)
    }
    surgery.repair()
    return surgery.mapping()
  }
}

extension SubsetSurgery {
  /// The bytes as a mapped file.
  func mapping() -> MappedFile? {
    try? bytes.withUnsafeBytes { raw throws(PlanError) in try MappedFile(copying: raw, as: PlanSample.name) }
  }
}
