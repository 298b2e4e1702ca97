import Foundation
import HDF5
import HDF5Subset
import SubsetChecks

/// Times of reading structures: this project's reader beside libhdf5.
enum Benchmark {
  /// Measures a sparse file of 4 GiB, a plan of many tensors, and files that are given.
  static func run(_ files: [String]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "differential-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = [folder.appending(path: "sparse.h5").path, folder.appending(path: "large.h5").path]
    try tensors(400, rows: 2640, at: paths[0])
    try tensors(4000, rows: 2, at: paths[1])
    for path in paths + files { try measure(path) }
  }

  /// Datasets whose space is taken and never written, each with the attributes of a weight.
  private static func tensors(_ count: Int, rows: Int, at path: String) throws {
    let file = try File.create(path, metadataBlock: 1024 * count)
    let weights = try file.root().createGroup("weights")
    for layer in 0..<(count / 10) {
      let group = try weights.createGroup("\(layer)")
      for number in 0..<10 {
        let dataset = try group.createDataset("tensor\(number)", type: .float32, shape: [rows, 1024])
        try dataset.writeAttribute("description", String(repeating: "d", count: 60))
        try dataset.writeAttribute("sha256", String(repeating: "0", count: 64))
        try dataset.writeAttribute("encoding", String(repeating: "e", count: 300))
        try dataset.writeAttribute("format", "int8")
        try dataset.writeAttribute("relative_error", 0.5)
        try dataset.writeAttribute("shape", [rows, 1024].map(Int64.init))
      }
    }
    try file.close()
  }

  private static func measure(_ path: String) throws {
    let data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
    let runs = 5
    var (mine, theirs): ([Double], [Double]) = ([], [])
    var count = 0
    for _ in 0..<runs {
      mine.append(
        try milliseconds {
          count = try data.withUnsafeBytes { try SubsetReader($0).objects(ignoring: Mutants.ignored).count }
        })
      theirs.append(
        try milliseconds {
          _ = try LibraryWalk.objects(in: path, size: data.count, ignoring: Mutants.ignored)
        })
    }
    let name = URL(filePath: path).lastPathComponent
    print("\(name): \(data.count) bytes, \(count) objects: \(median(mine)) ms, libhdf5 \(median(theirs)) ms")
  }

  private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body)
    return Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1000
  }

  private static func median(_ times: [Double]) -> String {
    String(format: "%.2f", times.sorted()[times.count / 2])
  }
}
