/// Merges that may be applied, the lowest rank first, of equal ranks the leftmost: a binary heap.
struct MergeQueue {
  /// A merge of the symbol at `position` with its right neighbour, as it was when it was queued.
  struct Candidate {
    var rank: Int32
    var result: Int32
    var position: Int

    static func < (a: Candidate, b: Candidate) -> Bool {
      a.rank != b.rank ? a.rank < b.rank : a.position < b.position
    }
  }

  private var heap: [Candidate] = []

  mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  mutating func push(_ candidate: Candidate) {
    var hole = heap.count
    heap.append(candidate)
    while hole > 0 {
      let parent = (hole - 1) / 2
      guard candidate < heap[parent] else { break }
      heap[hole] = heap[parent]
      hole = parent
    }
    heap[hole] = candidate
  }

  mutating func pop() -> Candidate? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    var hole = 0
    while true {
      var child = 2 * hole + 1
      if child >= heap.count { break }
      if child + 1 < heap.count && heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < last else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = last
    return first
  }
}
