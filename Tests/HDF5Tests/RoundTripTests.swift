import Glibc
import HDF5
import TestSupport
import Testing

/// Runs a test with the path of a file that goes away afterwards.
private func withFile(_ body: (String) throws -> Void) rethrows {
  let path = "/tmp/espalier-hdf5-\(getpid())-\(UInt64.random(in: 0 ... .max)).h5"
  defer { unlink(path) }
  try body(path)
}

@Suite(.endsWithin(minutes: 1)) struct HDF5Files {
  @Test func keepNumbersOfEveryTypeAndShape() throws {
    try withFile { path in
      let file = try File.create(path)
      let root = try file.root()
      try root.createDataset("float32", [1.5, -0.25, .infinity] as [Float])
      try root.createDataset("float64", [Double.pi, .leastNonzeroMagnitude], shape: [1, 2])
      try root.createDataset("int32", [Int32.min, 0, .max, 7], shape: [2, 1, 2])
      try root.createDataset("int64", [Int64.min])
      try root.createDataset("uint8", [0, 255] as [UInt8])
      try root.createDataset("uint16", [65535] as [UInt16])
      try root.createDataset("uint64", [UInt64.max])
      try root.createDataset("scalar", [42] as [Int32], shape: [])
      try root.createDataset("empty", [] as [Float])
      try file.close()

      let read = try File.open(path).root()
      #expect(try read.dataset("float32").read() == [1.5, -0.25, .infinity] as [Float])
      #expect(try read.dataset("float64").read() == [Double.pi, .leastNonzeroMagnitude])
      #expect(try read.dataset("int32").read() == [Int32.min, 0, .max, 7])
      #expect(try read.dataset("int32").shape == [2, 1, 2])
      #expect(try read.dataset("int64").read() == [Int64.min])
      #expect(try read.dataset("uint8").read() == [0, 255] as [UInt8])
      #expect(try read.dataset("uint16").read() == [65535] as [UInt16])
      #expect(try read.dataset("uint64").read() == [UInt64.max])
      #expect(try read.dataset("scalar").read() == [42] as [Int32])
      #expect(try read.dataset("scalar").shape == [])
      #expect(try read.dataset("empty").read() == [] as [Float])
    }
  }

  @Test func takeLargeDatasetsInPieces() throws {
    try withFile { path in
      let file = try File.create(path)
      let dataset = try file.root().createDataset("rows", type: .float32, shape: [1000, 16])
      for start in stride(from: 0, to: 1000, by: 300) {
        let rows = start..<min(start + 300, 1000)
        let values = (rows.lowerBound * 16..<rows.upperBound * 16).map(Float.init)
        try dataset.write(rows: rows, bytes: values.span.bytes)
      }
      #expect(try dataset.read() == (0..<16000).map(Float.init))
      let storage = try dataset.storage()
      #expect(storage.layout == .contiguous)
      #expect(storage.bytes == 64000)
      #expect((storage.offset ?? 1) % File.alignment == 0)
      #expect((storage.filters, storage.externalFiles) == (0, 0))
      let tooMany = [Float](repeating: 0, count: 32)
      #expect(throws: HDF5Error.self) { try dataset.write(rows: 999..<1001, bytes: tooMany.span.bytes) }
      #expect(throws: HDF5Error.self) { try dataset.write(rows: 0..<1, bytes: tooMany.span.bytes) }
    }
  }

  @Test func keepAttributesAndLinks() throws {
    try withFile { path in
      let file = try File.create(path)
      let group = try file.root().createGroup("b").createGroup("inner")
      try file.root().createDataset("a", [1] as [Int32])
      try group.writeAttribute("text", "grün")
      try group.writeAttribute("number", 0.5)
      try group.writeAttribute("list", [1, 2, 3] as [Int64])
      try group.writeAttribute("empty", [] as [Double])
      try file.flush()

      let root = try file.root()
      #expect(try root.links().map(\.name) == ["a", "b"])
      #expect(try root.kind(of: "a") == .dataset)
      #expect(try root.kind(of: "b") == .group)
      let attributes = try root.group("b").group("inner").attributes()
      #expect(attributes.map(\.name) == ["empty", "list", "number", "text"])
      #expect(attributes.map(\.type) == [.float64, .int64, .float64, .text(bytes: 5)])
      #expect(attributes.map(\.shape) == [[0], [3], [], []])
      #expect(try attributes[3].bytes(limit: 100) == Array("grün".utf8))
      #expect(throws: HDF5Error.self) { try attributes[1].bytes(limit: 23) }
    }
  }

  @Test func haveNoTimesAndNoUserBlock() throws {
    try withFile { first in
      try withFile { second in
        for path in [first, second] {
          let file = try File.create(path)
          try file.root().createGroup("g").createDataset("d", [1, 2, 3] as [Float])
          try file.close()
          if path == first { usleep(1_100_000) }
        }
        let (a, b) = (try bytes(first), try bytes(second))
        #expect(a == b)
        #expect(a[8] == 3, "superblock version")
      }
    }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "rb"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return bytes
  }
}

@Suite(.endsWithin(minutes: 10)) struct HDF5Failures {
  @Test func nameObjectOperationAndTheSystemsReason() throws {
    let error = #expect(throws: HDF5Error.self) { try File.open("/nowhere/file.h5") }
    #expect(error?.description == "/nowhere/file.h5: cannot open as HDF5: No such file or directory")
    try withFile { path in
      let root = try File.create(path).root()
      #expect(throws: HDF5Error.self) { try root.dataset("missing") }
      #expect(throws: HDF5Error.self) { try root.createDataset("bad", [1, 2] as [Float], shape: [3]) }
      #expect(throws: HDF5Error.self) { try root.createDataset("bad2", type: .int32, shape: [-1]) }
      try root.createDataset("floats", [1] as [Float])
      let error = #expect(throws: HDF5Error.self) { try root.dataset("floats").read(Int32.self) }
      #expect(error?.description == "/floats: is float32, not int32")
      #expect(throws: HDF5Error.self) { try File.create(path, replacing: false) }
    }
  }

  @Test func mayHappenOnManyThreadsAtOnce() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        group.addTask {
          try withFile { path in
            let values = (0..<2000).map { Float($0 * number) }
            let file = try File.create(path)
            try file.root().createDataset("d", values)
            #expect(try file.root().dataset("d").read() == values)
            #expect(throws: HDF5Error.self) { try file.root().dataset("e") }
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
