#if MPI
  import Cluster
  import Glibc
  import MPIRanks

  /// What is looked at.
  enum Check: String, CaseIterable {
    /// Payloads of every size come whole and in order.
    case gather
    /// Thousands of gatherings follow one another.
    case many
    /// Who waits leaves the processor to others.
    case idle
    /// Steps that are shorter than the patience, though not by much, are no silence.
    case slow
    /// A process that was stopped with all others goes on with them.
    case pause
    /// One tells of an error while others wait.
    case abort
    /// One ends without a word to MPI while others wait.
    case exit
    /// One is stopped while others wait.
    case stopWaiting = "stop-waiting"
    /// One is stopped while others work.
    case stopWorking = "stop-working"

    /// Joins, looks, and ends the process.
    func run(patience: Double, culprit: Int) -> Never {
      let started = Launcher.processes
      let ranks: MPIRanks
      do { ranks = try MPIRanks.join(patience: patience) } catch { ClusterCheck.fail(error.description) }
      do {
        demand(ranks.count == started, ranks, "the launcher started another number of processes")
        demand(ranks.neighbours == Array(0..<ranks.count), ranks, "neighbours are \(ranks.neighbours)")
        demand(
          ranks.hosts == Array(repeating: ranks.hosts[0], count: ranks.count), ranks,
          "hosts are \(ranks.hosts)")
        try look(ranks, culprit: culprit)
        try ranks.finish()
      } catch {
        ClusterCheck.tell(error.description)
        ranks.abort(1)
      }
      if ranks.own == 0 { print("\(rawValue): \(ranks.count) processes, all well") }
      Glibc.exit(0)
    }

    private func look(_ ranks: MPIRanks, culprit: Int) throws(ClusterError) {
      switch self {
      case .gather:
        for size in [0, 1, 7, 4097, 65_537, 20_000_000] { try gather(ranks) { _ in size } }
        for most in [1, 4097, 20_000_000] { try gather(ranks) { $0 == 1 ? 0 : most / ($0 + 1) } }
        // More than one piece.
        try gather(ranks) { $0 == 0 ? 150_000_001 : 3 }
      case .many:
        for number in 0..<3000 { try gather(ranks) { (number + $0) % 5 * 33 } }
      case .idle:
        if ranks.own == 0 { try work(ranks, seconds: 4, step: 1000) }
        let before = processorSeconds
        _ = try ranks.gather([])
        let used = processorSeconds - before
        demand(used < 0.4, ranks, "waiting took \(used) s of a processor")
      case .slow:
        try work(ranks, seconds: ranks.own == 0 ? 6 : 5, step: ranks.own == 0 ? 1_700_000 : 1000)
        _ = try ranks.gather([])
      case .pause:
        try work(ranks, seconds: 7, step: 100_000)
        _ = try ranks.gather([])
      case .abort:
        if ranks.own == culprit { throw ClusterError("rank \(culprit) fails") }
        _ = try ranks.gather([])
      case .exit:
        if ranks.own == culprit { ClusterCheck.fail("rank \(culprit) fails") }
        _ = try ranks.gather([])
      case .stopWaiting, .stopWorking:
        try work(ranks, seconds: 2, step: 1000)
        if ranks.own == culprit { raise(SIGSTOP) }
        if self == .stopWorking { try work(ranks, seconds: 30, step: 1000) }
        _ = try ranks.gather([])
      }
    }

    /// Gathers some bytes of each process, and looks at what comes.
    private func gather(_ ranks: MPIRanks, _ size: (Int) -> Int) throws(ClusterError) {
      func bytes(_ rank: Int) -> [UInt8] {
        let size = size(rank)
        return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
          for index in 0..<size {
            bytes.initializeElement(at: index, to: UInt8(truncatingIfNeeded: index &* 31 &+ rank))
          }
          count = size
        }
      }
      let gathered = try ranks.gather(bytes(ranks.own))
      demand(gathered.count == ranks.count, ranks, "\(gathered.count) processes gave something")
      for rank in 0..<ranks.count {
        demand(gathered[rank] == bytes(rank), ranks, "what rank \(rank) gave came otherwise")
      }
    }

    /// Takes steps of some microseconds.
    private func work(_ ranks: MPIRanks, seconds: Double, step: UInt32) throws(ClusterError) {
      for _ in 0..<Int(seconds * 1e6 / Double(step)) {
        usleep(step)
        try ranks.beat()
      }
    }

    private func demand(_ condition: Bool, _ ranks: MPIRanks, _ otherwise: String) {
      guard !condition else { return }
      ClusterCheck.tell("rank \(ranks.own): \(otherwise)")
      ranks.abort(1)
    }

    /// Time that this process had a processor.
    private var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
  }
#endif
