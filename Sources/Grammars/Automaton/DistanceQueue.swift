/// States by their distance, the nearest first: a binary heap.
struct DistanceQueue {
  private var heap: [(distance: Int, state: Int32)] = []

  mutating func push(_ distance: Int, _ state: Int32) {
    var hole = heap.count
    heap.append((distance, state))
    while hole > 0 {
      let parent = (hole - 1) / 2
      guard distance < heap[parent].distance else { break }
      heap[hole] = heap[parent]
      hole = parent
    }
    heap[hole] = (distance, state)
  }

  mutating func pop() -> (distance: Int, state: Int32)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    var hole = 0
    while true {
      var child = 2 * hole + 1
      if child >= heap.count { break }
      if child + 1 < heap.count && heap[child + 1].distance < heap[child].distance { child += 1 }
      guard heap[child].distance < last.distance else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = last
    return first
  }
}
