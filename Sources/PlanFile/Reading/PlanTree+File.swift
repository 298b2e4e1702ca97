import Plan
internal import HDF5

extension PlanTree {
  /// Reads the structure of a file that any plan may have, whatever it means.
  package init(contentsOf path: String) throws(PlanError) {
    try self.init(MappedFile(path: path, sizeLimit: Plan.sizeLimit))
  }

  /// Reads the structure through HDF5, which must have opened the very file that is mapped.
  init(_ mapping: MappedFile) throws(PlanError) {
    self = try inFile(mapping.path) { () throws(Flaw) in
      try Superblock.check(mapping.bytes)
      let file = try hdf5 { () throws(HDF5Error) in try File.open(mapping.path) }
      let identity = try hdf5 { () throws(HDF5Error) in try file.identity() }
      guard identity == mapping.identity else { throw Flaw("/", "was replaced while it was being opened") }
      return try PlanWalk.tree(of: file, in: mapping)
    }
  }
}
