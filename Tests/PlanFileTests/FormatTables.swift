import HDF5Subset

@testable import Plan
@testable import PlanFile

/// The tables of docs/FORMAT.md: a section a group, with its attributes and datasets, as the files of some plans have them.
///
/// Attributes have no description in a file; theirs are taken from the document itself.
struct FormatTables {
  /// One attribute or dataset, in all variants that have it.
  struct Row {
    var type: String
    var unit = ""
    /// What it is, in the words of each variant that has other ones.
    var descriptions: [String]
    /// Shapes with the variants that have them.
    var shapes: [(text: String, variants: [Int])] = []
    var variants: [Int] = []
  }

  /// One group.
  struct Section {
    var description = ""
    var variants: [Int] = []
    var attributes: [String: Row] = [:]
    var datasets: [String: Row] = [:]
  }

  private(set) var variants: [PlanVariant] = []
  private(set) var sections: [String: Section] = [:]
  /// Descriptions of attributes, by section and name.
  private let descriptions: [String: String]

  init(_ variants: [PlanVariant], document: String) {
    descriptions = Self.descriptions(in: document)
    self.variants = variants
    for (index, variant) in variants.enumerated() { add(variant.tree, index) }
  }

  private static func key(_ section: String, _ name: String) -> String { "\(section) \(name)" }

  private static func descriptions(in document: String) -> [String: String] {
    var section = ""
    var result: [String: String] = [:]
    for line in document.split(separator: "\n") {
      if line.hasPrefix("### ") { section = String(line.dropFirst(4)) }
      let fields = line.split(separator: " | ", omittingEmptySubsequences: false)
      guard line.hasPrefix("| `@"), fields.count >= 3 else { continue }
      let description = fields[2].hasSuffix(" |") ? fields[2].dropLast(2) : fields[2]
      result[key(section, String(fields[0].dropFirst(2)))] = String(
        description.replacing("\\|", with: "|"))
    }
    return result
  }

  // MARK: Collecting

  private mutating func add(_ tree: PlanTree, _ variant: Int) {
    for (path, attributes) in tree.groups {
      let title = Self.title(path)
      var section = sections[title, default: Section()]
      if case .text(let text)? = attributes.values["description"] { section.description = text }
      Self.note(variant, &section.variants)
      for (name, value) in attributes.values where name != "description" {
        merge(value, name, title, variant, &section)
      }
      sections[title] = section
    }
    for (path, dataset) in tree.datasets {
      let slash = path.lastIndex(of: "/") ?? path.startIndex
      let title = Self.title(String(path[..<slash]))
      merge(dataset, String(path[path.index(after: slash)...]), variant, &sections[title, default: Section()])
      let own = PlanTree.isWeight(path) ? "every weight" : "every dataset outside of `/weights`"
      for (name, value) in dataset.attributes.values {
        merge(value, name, own, variant, &sections[own, default: Section()])
        Self.note(variant, &sections[own, default: Section()].variants)
      }
    }
  }

  private func merge(
    _ value: AttributeValue, _ name: String, _ title: String, _ variant: Int, _ section: inout Section
  ) {
    let label = "`@\(name)`"
    var row = section.attributes[
      label,
      default: Row(type: value.typeName, descriptions: [descriptions[Self.key(title, label)] ?? ""])]
    Self.note(variant, &row.variants)
    section.attributes[label] = row
  }

  private func merge(_ dataset: TreeDataset, _ name: String, _ variant: Int, _ section: inout Section) {
    func text(_ name: String) -> String {
      if case .text(let text)? = dataset.attributes.values[name] { text } else { "" }
    }
    var row = section.datasets[
      "`\(name)`",
      default: Row(type: dataset.typeName, unit: text("unit"), descriptions: [])]
    let description = text("description") + dataset.columnNames
    if !row.descriptions.contains(description) { row.descriptions.append(description) }
    Self.note(variant, &row.variants)
    let shape = dataset.namedShape(in: name)
    let index = row.shapes.firstIndex { $0.text == shape } ?? row.shapes.count
    if index == row.shapes.count { row.shapes.append((shape, [])) }
    Self.note(variant, &row.shapes[index].variants)
    section.datasets["`\(name)`"] = row
  }

  private static func note(_ variant: Int, _ list: inout [Int]) {
    if list.last != variant { list.append(variant) }
  }

  /// Layers and points stand for all their like.
  private static func title(_ path: String) -> String {
    var parts = path.split(separator: "/").map(String.init)
    if let last = parts.last, last.allSatisfy(\.isNumber) { parts[parts.count - 1] = "NN" }
    if parts.count == 2, ["operating_points", "pareto_front"].contains(parts[0]) {
      return "`/operating_points/NAME` and `/pareto_front/NAME`"
    }
    return "`/\(parts.joined(separator: "/"))`"
  }

  /// Attributes that the document says nothing about.
  var undescribed: [String] {
    sections.flatMap { title, section in
      section.attributes.filter { $0.value.descriptions == [""] }.map { "\(title) \($0.key)" }
    }
  }
}

extension AttributeValue {
  fileprivate var typeName: String {
    switch self {
    case .flag: "flag"
    case .integer: "int64"
    case .unsigned: "uint64"
    case .real: "float64"
    case .text: "text"
    case .integers: "list of int64"
    case .reals: "list of float64"
    case .texts: "list of text"
    }
  }
}

extension TreeDataset {
  fileprivate var typeName: String {
    if attributes.values["format"] != nil { return "matrix" }
    if case .text = type { return "text" }
    return "\(type)"
  }

  /// A matrix in panels has the shape it says it has.
  fileprivate func namedShape(in dataset: String) -> String {
    var extents = shape
    if case .integers(let own)? = attributes.values["shape"] { extents = own.map { Int($0) } }
    var names = Extents.names(of: extents, in: dataset)
    if case .texts(let columns)? = attributes.values["columns"] {
      names[names.count - 1] = "\(columns.count)"
    }
    return names.joined(separator: " x ")
  }

  fileprivate var columnNames: String {
    guard case .texts(let columns)? = attributes.values["columns"] else { return "" }
    return "; columns: " + columns.joined(separator: ", ")
  }
}
