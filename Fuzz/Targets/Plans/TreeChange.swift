import HDF5Subset
import Plan
import PlanFile

/// Changes of a plan's tree, drawn from a script, as a file may hold them.
enum TreeChange {
  static func apply(to tree: inout PlanTree, _ sample: PlanSample, _ script: inout ByteReader) {
    switch script.byte() % 20 {
    case 0..<8: changeAttribute(&tree, sample, &script)
    case 8..<15:
      let path = script.element(sample.datasets)
      guard var dataset = tree.datasets[path] else { return }
      dataset.changeElements(&script) { script in tree.datasets[script.element(sample.datasets)] }
      tree.datasets[path] = dataset
    case 15:
      withAttributes(&tree, sample, &script) { attributes, script in
        if let name = Self.name(of: attributes, &script) { attributes.values[name] = nil }
      }
    case 16:
      withAttributes(&tree, sample, &script) { attributes, script in
        var value = AttributeValue.integer(1)
        value.change(&script, [.flag(true), .text("x"), .texts(["x"])])
        attributes.values[
          script.element(["optional", "index", "format", "shape", "unit", "columns", "x_y", "measured"])] =
          value
      }
    case 17: remove(script.element(sample.paths), &tree)
    case 18: copy(script.element(sample.paths), script.element(sample.paths), &tree)
    default: changeWeight(&tree, sample, &script)
    }
  }

  private static func changeAttribute(
    _ tree: inout PlanTree, _ sample: PlanSample, _ script: inout ByteReader
  ) {
    // Most attributes of datasets are words for people.
    guard script.byte() % 8 > 0 else {
      return withAttributes(&tree, sample, &script, changeOne)
    }
    let path = script.element(sample.groups)
    guard var attributes = tree.groups[path] else { return }
    changeOne(&attributes, &script)
    tree.groups[path] = attributes
  }

  private static func changeOne(_ attributes: inout AttributeSet, _ script: inout ByteReader) {
    guard let name = name(of: attributes, &script), var value = attributes.values[name] else { return }
    value.change(&script, attributes.values.sorted { $0.key < $1.key }.map(\.value))
    attributes.values[name] = value
  }

  private static func name(of attributes: AttributeSet, _ script: inout ByteReader) -> String? {
    let names = attributes.values.keys.filter { $0 != "description" }.sorted()
    return names.isEmpty ? nil : script.element(names)
  }

  private static func withAttributes(
    _ tree: inout PlanTree, _ sample: PlanSample, _ script: inout ByteReader,
    _ body: (inout AttributeSet, inout ByteReader) -> Void
  ) {
    let path = script.element(sample.paths)
    if var attributes = tree.groups[path] {
      body(&attributes, &script)
      tree.groups[path] = attributes
    } else if var dataset = tree.datasets[path] {
      body(&dataset.attributes, &script)
      tree.datasets[path] = dataset
    }
  }

  /// Takes away an object and all below it, as a link that is gone does.
  private static func remove(_ path: String, _ tree: inout PlanTree) {
    if path == "/" { return }
    tree.groups = tree.groups.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
    tree.datasets = tree.datasets.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
  }

  /// Puts one object where another one is, or beside it.
  private static func copy(_ source: String, _ target: String, _ tree: inout PlanTree) {
    if source == "/" || target == "/" { return }
    if let attributes = tree.groups[source] {
      if tree.datasets[target] == nil {
        tree.groups[target] = attributes
      } else {
        tree.groups[target + "x"] = attributes
      }
    } else if let dataset = tree.datasets[source], tree.groups[target] == nil {
      tree.datasets[target] = dataset
    }
  }

  private static func changeWeight(_ tree: inout PlanTree, _ sample: PlanSample, _ script: inout ByteReader) {
    let path = script.element(sample.weights)
    guard var dataset = tree.datasets[path] else { return }
    dataset.changeElements(&script) { script in tree.datasets[script.element(sample.weights)] }
    let mapping = try? dataset.owned.withUnsafeBytes { raw throws(PlanError) in
      try MappedFile(copying: raw, as: PlanSample.name)
    }
    if dataset.mapped == nil, let mapping { dataset.mapped = (mapping, 0..<dataset.owned.count) }
    tree.datasets[path] = dataset
  }
}

extension TreeDataset {
  /// Changes elements, shape or type, and makes the digest right again.
  fileprivate mutating func changeElements(
    _ script: inout ByteReader, _ other: (inout ByteReader) -> TreeDataset?
  ) {
    var bytes = withBytes { Array($0) }
    let count = shape.reduce(1, *)
    switch script.byte() % 8 {
    case 0, 1, 2, 3:
      if case .text(let width) = type {
        var texts = stride(from: 0, to: bytes.count, by: width).map {
          Array(bytes[$0..<$0 + width].prefix { $0 != 0 })
        }
        if texts.isEmpty { texts = [[]] }
        texts[script.index(below: texts.count)] = Array(PlanWords.any(&script).utf8)
        if script.byte() % 8 == 0 { texts.append(texts[0]) }
        let longest = max(1, texts.map(\.count).max() ?? 1)
        bytes = texts.flatMap { $0 + [UInt8](repeating: 0, count: longest - $0.count) }
        (type, shape) = (.text(bytes: longest), [texts.count])
      } else if count > 0 {
        setElement(&bytes, script.index(below: count) * type.size, &script)
      }
    case 4:
      guard count > 1 else { break }
      let (left, right) = (script.index(below: count) * type.size, script.index(below: count) * type.size)
      for place in 0..<type.size { bytes.swapAt(left + place, right + place) }
    case 5:
      guard !shape.isEmpty, !bytes.isEmpty else { break }
      let row = bytes.count / shape[0]
      let rows = script.element([0, 1, 2, 3, shape[0] - 1, shape[0] + 1, shape[0] * 2, 100])
      bytes = (0..<rows * row).map { bytes[$0 % bytes.count] }
      shape[0] = rows
    case 6:
      guard let other = other(&script) else { break }
      (type, shape, bytes) = (other.type, other.shape, other.withBytes { Array($0) })
    default:
      // As many bytes, told otherwise.
      let (total, one) = (bytes.count, [1])
      switch script.byte() % 4 {
      case 0: shape = shape + one
      case 1: shape = shape.reversed()
      case 2: (type, shape) = (.uint8, [total])
      default: (type, shape) = total % 8 == 0 ? (.float64, [total / 8]) : (.uint8, [1, total])
      }
      if shape.count > 3 || shape.isEmpty { shape = [shape.reduce(1, *)] }
    }
    if bytes == withBytes({ Array($0) }) { return }
    (owned, mapped) = (bytes, nil)
    attributes.put("sha256", digest)
  }

  private func setElement(_ bytes: inout [UInt8], _ start: Int, _ script: inout ByteReader) {
    let size = min(type.size, 8)
    let old = bytes[start..<start + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let bits: UInt64 =
      switch type {
      case .float32:
        UInt64(
          Float(EdgeNumbers.real(near: Double(Float(bitPattern: UInt32(truncatingIfNeeded: old))), &script))
            .bitPattern)
      case .float64: EdgeNumbers.real(near: Double(bitPattern: old), &script).bitPattern
      default: UInt64(bitPattern: EdgeNumbers.integer(near: Int64(truncatingIfNeeded: old), &script))
      }
    for place in 0..<size { bytes[start + place] = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(place))) }
  }
}
