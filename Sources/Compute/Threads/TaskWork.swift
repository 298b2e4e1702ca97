/// Work in numbered tasks, each of which may run on any thread.
protocol TaskWork {
  func run(task: Int, worker: Int)
}

/// Work on any part of a range, such as the outputs of a product.
protocol RangeWork {
  func run(_ range: Range<Int>, worker: Int)
}

/// Tasks that are a closure's.
struct ClosureTasks: TaskWork {
  let body: (Int, Int) -> Void
  func run(task: Int, worker: Int) { body(task, worker) }
}

/// Parts of a range that are a closure's.
struct ClosureRange: RangeWork {
  let body: (Range<Int>, Int) -> Void
  func run(_ range: Range<Int>, worker: Int) { body(range, worker) }
}

/// A range in parts of one size, a task each.
struct PartTasks<Work: RangeWork>: TaskWork {
  let work: Work
  let total: Int
  let step: Int

  var count: Int { (total + step - 1) / step }

  func run(task: Int, worker: Int) {
    work.run(task * step..<min(total, (task + 1) * step), worker: worker)
  }
}
