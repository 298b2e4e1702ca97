import Foundation
import TestSupport
import Testing

@testable import Compute

/// Rotary positions of several axes, as towers and M-RoPE have them.
@Suite(.endsWithin(minutes: 1)) struct RotaryTests {
  private let pairs = 20
  private let heads = 3
  private let rows = 700

  private func table() -> RotaryTable {
    let frequencies = (0..<pairs).map { 1 / Float(1 + $0) }
    let table = RotaryTable(
      RotaryScheme(frequencies: frequencies, axes: (0..<pairs).map { $0 % 2 == 0 ? .row : .column }))
    table.reserve(positions: rows)
    return table
  }

  private var positions: [RotaryPosition] {
    (0..<rows).map { RotaryPosition(temporal: 0, row: $0 / 31, column: $0 % 31) }
  }

  private func input() -> MatrixView { randomMatrix(rows, 2 * pairs * heads, seed: 7) }

  @Test func `each pair turns by its own coordinate`() {
    let (matrix, original) = (input(), input())
    table().rotate(matrix, positions: positions, headWidth: 2 * pairs)
    for (row, position) in positions.enumerated() where row % 97 == 0 {
      for pair in 0..<pairs {
        let angle = Float(pair % 2 == 0 ? position.row : position.column) / Float(1 + pair)
        let (x, y) = (original[row, pair], original[row, pairs + pair])
        let length = (x * x + y * y).squareRoot()
        #expect(abs(matrix[row, pair] - (x * cos(angle) - y * sin(angle))) < 1e-5 * max(1, length))
        #expect(abs(matrix[row, pairs + pair] - (y * cos(angle) + x * sin(angle))) < 1e-5 * max(1, length))
      }
    }
  }

  @Test func `threads that rotate at the same time change no bit`() {
    let (table, positions) = (table(), positions)
    let alone = input()
    table.rotate(alone, positions: positions, headWidth: 2 * pairs)
    let workers = Workers(count: 4)
    for _ in 0..<30 {
      let shared = input()
      table.rotate(shared, positions: positions, headWidth: 2 * pairs, workers)
      #expect(shared.elements == alone.elements)
      // Blocks of rows, each on a thread of its own, as a tower's layers have them.
      let blocks = input()
      workers.inBlocks(rows, of: 24) { range, _, workers in
        table.rotate(
          blocks[rows: range], positions: Array(positions[range]), headWidth: 2 * pairs, workers)
      }
      #expect(blocks.elements == alone.elements)
    }
  }
}
