import Compute
import TestSupport
import Testing

@testable import Models

/// The state of a convolution has the last rows, and comes back to the places that were saved.
@Suite(.endsWithin(minutes: 1)) struct RecurrentStateTests {
  private static let width = 3

  /// Rows that tell their number.
  private func rows(_ numbers: Range<Int>) -> MatrixView {
    MatrixView(
      rows: numbers.count, columns: Self.width,
      elements: numbers.flatMap { number in (0..<Self.width).map { Float(10 * number + $0) } })
  }

  private func state(depth: Int) -> RecurrentState { RecurrentState(width: Self.width, depth: depth) }

  @Test(arguments: [0, 1, 2, 4], [1, 2, 3, 7])
  func `it has the last rows, however many come at once`(depth: Int, step: Int) {
    let state = state(depth: depth)
    var count = 0
    while count < 9 {
      state.append(rows(count..<count + step))
      count += step
      let before = Array(repeating: Float(0), count: max(0, depth - count) * Self.width)
      #expect(state.rows.elements == before + rows(max(0, count - depth)..<count).elements)
      #expect(state.count == count)
    }
  }

  @Test func `it comes back to the text behind the pictures, and to places that were saved`() {
    let state = state(depth: 2)
    state.append(rows(0..<6), question: 2)
    state.save()
    state.append(rows(6..<9))
    #expect(state.returnPoint(atMost: 100) == 9)
    #expect(state.returnPoint(atMost: 8) == 6 && state.returnPoint(atMost: 5) == 4)
    #expect(state.returnPoint(atMost: 3) == 0)
    state.truncate(to: 4)
    #expect(state.rows.elements == rows(2..<4).elements && state.count == 4)
    #expect(state.returnPoint(atMost: 8) == 4, "what was behind it is gone")
    state.truncate(to: 0)
    #expect(state.rows.elements == Array(repeating: 0, count: 2 * Self.width))
  }

  @Test func `the end of the pictures is kept however many places are saved behind it`() {
    let state = state(depth: 2)
    state.append(rows(0..<6), question: 2)
    for number in 6..<30 {
      state.save()
      state.append(rows(number..<number + 1))
    }
    #expect(state.returnPoint(atMost: 10) == 4 && state.returnPoint(atMost: 29) == 29)
    #expect(state.bytes == 4 * 2 * Self.width * 4)
  }

  @Test func `a copy goes its own way`() throws {
    let state = state(depth: 2)
    state.append(rows(0..<5))
    state.save()
    let copy = try #require(state.copy(reserve: 8) as? RecurrentState)
    state.append(rows(7..<9))
    #expect(copy.rows.elements == rows(3..<5).elements && copy.count == 5)
    copy.append(rows(20..<21))
    #expect(state.rows.elements == rows(7..<9).elements)
    let first = try #require(state.copy(first: 5) as? RecurrentState)
    #expect(first.rows.elements == rows(3..<5).elements && first.count == 5)
  }

  /// A state whose memory counts what it has read.
  private func counting(_ count: Int) -> RecurrentState {
    let state = RecurrentState(width: Self.width, depth: 1, memory: (2, 5))
    read(0..<count, into: state)
    return state
  }

  private func read(_ numbers: Range<Int>, into state: RecurrentState) {
    state.append(rows(numbers))
    state.memory.fill(Float(state.count))
  }

  @Test func `what it remembers of all rows comes back with the last ones`() throws {
    let state = counting(4)
    state.save()
    read(4..<9, into: state)
    #expect(state.bytes == 4 * (Self.width + 10) * 2)
    let copy = try #require(state.copy(reserve: 0) as? RecurrentState)
    let first = try #require(state.copy(first: 4) as? RecurrentState)
    state.truncate(to: 4)
    #expect(
      state.memory.elements == Array(repeating: 4, count: 10) && state.rows.elements == rows(3..<4).elements)
    #expect(first.memory.elements == state.memory.elements)
    #expect(copy.memory.elements == Array(repeating: 9, count: 10))
    read(4..<6, into: state)
    #expect(copy.memory[1, 4] == 9 && first.memory[1, 4] == 4)
    state.truncate(to: 0)
    #expect(state.memory.elements == Array(repeating: 0, count: 10))
  }

  @Test func `a layer without entries has none to count`() {
    let state = state(depth: 2)
    state.append(rows(0..<5))
    #expect(state.entryCount == 0 && state.visualCount == 0 && !state.hasEntries)
  }
}
