import Compute
import Foundation
import Testing
import TestSupport

@testable import Calibration

/// Matrices that are kept for later, in memory or in a file.
@Suite(.endsWithin(minutes: 1)) struct MatrixStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func matrix(_ number: Int, rows: Int, columns: Int) -> MatrixView {
    MatrixView(
      rows: rows, columns: columns, elements: (0..<rows * columns).map { Float(number) + Float($0) / 1024 })
  }

  @Test(arguments: [0, 100, 4000, 100_000]) func `whatever the budget, matrices come back as they were`(
    budget: Int
  ) throws {
    let store = MatrixStore(budget: budget, folder: folder.path)
    let shapes = [(3, 7), (1, 1), (40, 5), (0, 9), (16, 33)]
    var kept: [KeptMatrix] = []
    for number in 0..<20 {
      let shape = shapes[number % shapes.count]
      kept.append(try store.keep(matrix(number, rows: shape.0, columns: shape.1)))
    }
    for round in 0..<3 {
      for number in kept.indices {
        let place = (number * 7 + round) % kept.count
        let shape = shapes[place % shapes.count]
        let found = try kept[place].load()
        #expect(found.rows == shape.0 && found.columns == shape.1)
        #expect(found.elements == matrix(place, rows: shape.0, columns: shape.1).elements)
      }
      #expect(store.bytes <= max(budget, 4 * 16 * 33))
    }
    #expect((store.written > 0) == (budget < 100_000))
  }

  @Test func `room of matrices that are gone is used again`() throws {
    let store = MatrixStore(budget: 0, folder: folder.path)
    let other = try store.keep(matrix(9, rows: 8, columns: 8))
    for number in 0..<50 {
      let kept = try store.keep(matrix(number, rows: 8, columns: 8))
      _ = try other.load()
      #expect(try kept.load().elements == matrix(number, rows: 8, columns: 8).elements)
    }
    #expect(store.written <= 3)
  }

  @Test func `the file has no name, and a folder that is none is said`() throws {
    let store = MatrixStore(budget: 0, folder: folder.path)
    let kept = try [store.keep(matrix(1, rows: 4, columns: 4)), store.keep(matrix(2, rows: 4, columns: 4))]
    #expect(store.written == 1 && kept.count == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    let nowhere = MatrixStore(budget: 0, folder: folder.file("none"))
    let error = #expect(throws: CalibrationError.self) {
      let first = try nowhere.keep(matrix(1, rows: 4, columns: 4))
      _ = try nowhere.keep(matrix(2, rows: 4, columns: 4))
      _ = try first.load()
    }
    #expect(
      error?.description.hasPrefix("\(folder.file("none")): what is known of samples cannot be kept") == true)
  }
}
