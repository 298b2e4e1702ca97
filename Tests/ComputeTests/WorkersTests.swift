import Compute
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct WorkersTests {
  @Test(arguments: [1, 2, 4], [0, 1, 2, 7, 1000]) func `every task runs exactly once`(
    threads: Int, tasks: Int
  ) {
    let counts = Counts(tasks)
    let workers = Workers(count: threads)
    for _ in 0..<3 { workers.perform(tasks) { task, worker in counts.add(task, worker < threads) } }
    #expect(counts.values == Array(repeating: 3, count: tasks))
  }

  @Test(arguments: [1, 3], [1, 15, 16, 17, 1000]) func `a split covers the range without overlap`(
    threads: Int, total: Int
  ) {
    let counts = Counts(total)
    Workers(count: threads).split(total, operations: .max) { range, _ in
      for index in range { counts.add(index, true) }
    }
    #expect(counts.values == Array(repeating: 1, count: total))
  }

  @Test func `many short jobs follow each other`() {
    let workers = Workers(count: 3)
    let counts = Counts(4)
    for _ in 0..<5000 { workers.perform(4) { task, _ in counts.add(task, true) } }
    #expect(counts.values == Array(repeating: 5000, count: 4))
  }

  private final class Counts: Sendable {
    private let store: Locked<[Int]>
    init(_ count: Int) { store = Locked(Array(repeating: 0, count: count)) }
    func add(_ index: Int, _ isValid: Bool) { store.withLock { $0[index] += isValid ? 1 : 1000 } }
    var values: [Int] { store.withLock { $0 } }
  }
}
